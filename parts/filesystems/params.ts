/** The parameters of every file system part, without its code: by these the catalog checks `params` of components. */
import { BtrfsParams, btrfsTraits } from './btrfs/params.ts';
import { ErofsParams, erofsTraits } from './erofs/params.ts';
import { Ext4Params, ext4Traits } from './ext4/params.ts';
import { SquashfsParams, squashfsTraits } from './squashfs/params.ts';
import { SwapParams, swapTraits } from './swap/params.ts';
import { VfatParams, vfatTraits } from './vfat/params.ts';
import { XfsParams, xfsTraits } from './xfs/params.ts';

export const fileSystemParams = {
  btrfs: BtrfsParams,
  erofs: ErofsParams,
  ext4: Ext4Params,
  squashfs: SquashfsParams,
  swap: SwapParams,
  vfat: VfatParams,
  xfs: XfsParams,
} as const;

/** What each is good for, whatever its parameters are. */
export interface FileSystemTraits {
  /** UEFI firmware reads it: an EFI system partition has it. UEFI 2.10 §13.3 asks for FAT, and no firmware need know another. */
  readonly readByUefi: boolean;
  /** What is made is changed by whoever mounts it. If not, and it holds the root, the initramfs lays memory above it. */
  readonly writable: boolean;
  /** It can be made larger while it is mounted, when its partition has grown. */
  readonly grows: boolean;
  /** Files in it have owners, modes and extended attributes of their own. */
  readonly keepsOwners: boolean;
}

export const fileSystemTraits = {
  btrfs: btrfsTraits,
  erofs: erofsTraits,
  ext4: ext4Traits,
  squashfs: squashfsTraits,
  swap: swapTraits,
  vfat: vfatTraits,
  xfs: xfsTraits,
} as const satisfies Readonly<Record<keyof typeof fileSystemParams, FileSystemTraits>>;
