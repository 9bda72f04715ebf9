/** The parameters of every file system part, without its code: by these the catalog checks `params` of components. */
import { BtrfsParams } from './btrfs/params.ts';
import { ErofsParams } from './erofs/params.ts';
import { Ext4Params } from './ext4/params.ts';
import { SquashfsParams } from './squashfs/params.ts';
import { VfatParams } from './vfat/params.ts';

export const fileSystemParams = {
  btrfs: BtrfsParams,
  erofs: ErofsParams,
  ext4: Ext4Params,
  squashfs: SquashfsParams,
  vfat: VfatParams,
} as const;
