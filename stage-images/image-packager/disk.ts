/** The disk image: written sparse, partition table and file systems each straight to their place, nothing mounted. */

import { open } from 'node:fs/promises';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import type { StageContext } from '../contract/program.ts';
import { fillerOf, type ImageContent, type Partition } from './filler.ts';
import { type DiskLayout, layoutDisk, MiB } from './layout.ts';
import { writePartitionTable } from './partition-table.ts';

/** Sizes the partitions by what goes into them. @throws StageFailure `image.too-small`, `image.too-large`. */
export function planDisk({ params }: Pick<StageContext<PackageParams>, 'params'>, content: ImageContent): DiskLayout {
  return layoutDisk(
    params.size,
    params.partitions.map((partition) => ({ ...partition, need: fillerOf(partition).measure(content) })),
  );
}

/** Writes the whole disk to `disk`, a new file: the table and the partitions side by side, for each has a place of its own. */
export async function writeDisk(
  { params, key }: Pick<StageContext<PackageParams>, 'params' | 'key'>,
  disk: string,
  layout: DiskLayout,
  content: ImageContent,
): Promise<void> {
  const file = await open(disk, 'wx');
  await file.truncate(layout.diskBytes).finally(() => file.close());
  const fills = params.partitions.map((partition, index) => {
    const place = layout.places[index];
    if (!place) throw new Error(`partition ${partition.label} has no place`);
    return fillerOf(partition).fill({ disk, partition, place, content, key, sourceDate: params.sourceDate });
  });
  // Who is told of a failure may rely on it that nothing is written any more.
  const ends = await Promise.allSettled([...fills, writePartitionTable(disk, key, params.partitions, layout)]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** What the progress line says: `vfat to ESP (64 MiB), ext4 to root (410 MiB)`. */
export function describePlaces(partitions: readonly Partition[], { places }: DiskLayout): string {
  return partitions
    .map(({ fileSystem, label }, index) => `${fileSystem} to ${label} (${(places[index]?.sizeBytes ?? 0) / MiB} MiB)`)
    .join(', ');
}
