/** Every file system that the packager can write, by the name that components `use`. */
import type { Part } from '../part.ts';
import { btrfs } from './btrfs/btrfs.ts';
import { erofs } from './erofs/erofs.ts';
import { ext4 } from './ext4/ext4.ts';
import type { FileSystem } from './file-system.ts';
import type { fileSystemParams } from './params.ts';
import { squashfs } from './squashfs/squashfs.ts';
import { swap } from './swap/swap.ts';
import { vfat } from './vfat/vfat.ts';
import { xfs } from './xfs/xfs.ts';

export const fileSystems: Readonly<Record<keyof typeof fileSystemParams, Part<FileSystem>>> = {
  btrfs,
  erofs,
  ext4,
  squashfs,
  swap,
  vfat,
  xfs,
};
