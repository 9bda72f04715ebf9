/** What makes a partition grow with its disk when the system boots. A new one is a folder here, and its lines in index.ts and params.ts. */
import type { PlacedFile } from '../file-tree/placed-tree.ts';

/** A partition of the disk, in their order. */
export interface GrowingDiskPartition {
  /** Its type in the GUID partition table. */
  typeGuid: string;
  grow: boolean;
}

export interface Growth {
  /**
   * Files of the root file system that make the last partition grow; its file system follows by an option of fstab(5).
   * @param overlaid / is a layer in memory above the root partition
   * @param has whether the root file system has a path, such as usr/bin/x
   * @throws StageFailure `growth.missing` where the packages did not bring what does it
   */
  files(
    partitions: readonly GrowingDiskPartition[],
    root: { overlaid: boolean; has(path: string): boolean },
  ): readonly PlacedFile[];
}
