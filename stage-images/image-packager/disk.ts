/** The disk image: written sparse, partition table and file systems each straight to their place, nothing mounted. */
import { open } from 'node:fs/promises';
import type { StageContext } from '../contract/program.ts';
import { fillerOf, type ImageContent } from './filler.ts';
import { type DiskLayout, layoutDisk, MiB } from './layout.ts';
import { writePartitionTable } from './partition-table.ts';

/** Sizes the partitions by what goes into them. @throws StageFailure `image.too-small`, `image.too-large`. */
export function planDisk({ params }: Pick<StageContext<'package'>, 'params'>, content: ImageContent): DiskLayout {
  return layoutDisk(
    params.size,
    params.partitions.map((partition) => ({ ...partition, need: fillerOf(partition).measure(content) })),
  );
}

/** Writes the whole disk to `disk`; `progress` gets a fraction of this step alone. */
export async function writeDisk(
  { params, key }: Pick<StageContext<'package'>, 'params' | 'key'>,
  disk: string,
  layout: DiskLayout,
  content: ImageContent,
  progress: (fraction: number, note: string) => void,
): Promise<void> {
  const file = await open(disk, 'w');
  await file.truncate(layout.diskBytes).finally(() => file.close());
  await writePartitionTable(disk, key, params.partitions, layout);
  let doneBytes = 0;
  for (const [index, partition] of params.partitions.entries()) {
    const place = layout.places[index];
    if (!place) throw new Error(`partition ${partition.label} has no place`);
    const note = `writing ${partition.fileSystem} to partition ${partition.label}, ${place.sizeBytes / MiB} MiB`;
    progress(doneBytes / layout.diskBytes, note);
    await fillerOf(partition).fill({ disk, partition, place, content, key, sourceDate: params.sourceDate });
    doneBytes += place.sizeBytes;
  }
}
