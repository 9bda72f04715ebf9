/** What fills partitions. A new file system is a new file with a PartitionFiller, and its line in the table below. */
import type { PackageParams } from '../../src/stages/package/contract.ts';
import { ext4 } from './ext4.ts';
import type { PartitionNeed, PartitionPlace } from './layout.ts';
import type { RootTree } from './root-tree.ts';
import { vfat } from './vfat.ts';

export type Partition = PackageParams['partitions'][number];

/** A file to be copied into the ESP. */
export interface StagedFile {
  /** In the ESP, without a leading slash. */
  path: string;
  /** Where its bytes are now. */
  source: string;
  sizeBytes: number;
}

/** All that partitions are filled with; each filler takes what its role wants. */
export interface ImageContent {
  esp: readonly StagedFile[];
  root: RootTree;
}

export interface FillJob {
  /** The disk image, already of its full size. */
  disk: string;
  partition: Partition;
  place: PartitionPlace;
  content: ImageContent;
  /** The stage's key, which identifiers derive from. */
  key: string;
  /** Seconds since the epoch. */
  sourceDate: number;
}

export interface PartitionFiller {
  role: Partition['role'];
  measure(content: ImageContent): PartitionNeed;
  /** Writes the file system into the disk image at its place, without mounting anything. */
  fill(job: FillJob): Promise<void>;
}

const fillers: Readonly<Record<Partition['fileSystem'], PartitionFiller>> = { vfat, ext4 };

/** The filler of a planned partition. @throws when its file system does not do for its role. */
export function fillerOf(partition: Partition): PartitionFiller {
  const filler = fillers[partition.fileSystem];
  if (filler.role !== partition.role)
    throw new Error(
      `${partition.fileSystem} fills ${filler.role} partitions, but ${partition.label} is ${partition.role}`,
    );
  return filler;
}
