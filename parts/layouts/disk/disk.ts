/**
 * A disk with a GUID partition table: an image written sparse, the table and the file systems each straight to their place,
 * nothing mounted.
 */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import type { FileTree } from '../../file-tree/file-tree.ts';
import type { FileSystemFacts } from '../../filesystems/file-system.ts';
import { definePart } from '../../part.ts';
import type { Placement } from '../../placement.ts';
import { MiB } from '../../units.ts';
import type { Content, Disk, Layout, LayoutJob, Partition, Seal } from '../layout.ts';
import { biosBoot, bootCode, hasBiosBoot, writeBootCode } from './boot-code.ts';
import { dividedTrees, treesOf } from './contents.ts';
import { writeHybridEntries } from './hybrid.ts';
import { DiskParams } from './params.ts';
import { partitionUuid, type TablePartition, writePartitionTable } from './partition-table.ts';
import { type DiskLayout, layoutDisk, type PartitionNeed } from './places.ts';
import { roomOf } from './room.ts';
import { type SealedPartitions, sealed } from './verity.ts';

export const disk = definePart(DiskParams, (): Layout => ({ biosBoot, partitionUuid, compose }));

async function compose(
  content: Content,
  place: (seal: Seal | undefined) => Promise<readonly Placement[]>,
  job: LayoutJob,
): Promise<Disk> {
  const { partitions } = content;
  for (const partition of partitions) if (partition.role === 'esp') requireFirmwareReads(partition);
  const divided = await dividedTrees(content, job);
  const sealed = await sealedRoot(partitions, divided, job);
  const { files, code } = await bootCode(await place(sealed?.seal));
  const trees = await treesOf(content, divided, files, job);
  const filled = (
    await Promise.all(
      partitions.map(async (partition, index): Promise<Filled[]> => {
        const tree = trees[index];
        if (!tree) throw new Error(`partition ${partition.label} has no content`);
        if (partition.verity && sealed) return sealed.partitions.map((one) => ({ ...one, tree }));
        return [{ partition, tree, facts: await factsOf(partition, job) }];
      }),
    )
  ).flat();
  const takers = whatTakesTheRest(partitions);
  const needs = await Promise.all(filled.map((one) => needOf(one, takers)));
  const layout = layoutDisk(
    content.size,
    filled.map(({ partition: { label, size, asked } }, index) => {
      const need = needs[index];
      if (!need) throw new Error(`partition ${label} has no size`);
      return { label, size, asked, need };
    }),
  );
  const all = filled.map(({ partition }) => partition);
  job.onPlanned(describePlaces(all, layout));
  await write(filled, layout, job, hasBiosBoot(code));
  // The table's writer clears the first sector.
  await writeBootCode(job.target, code);
  await writeHybridEntries(job.target, all, layout);
  return { path: job.target, sizeBytes: layout.diskBytes };
}

/** The root, where dm-verity is to check it. */
async function sealedRoot(
  partitions: readonly Partition[],
  divided: ReadonlyMap<string, FileTree>,
  job: LayoutJob,
): Promise<SealedPartitions | undefined> {
  const partition = partitions.find(({ verity }) => verity);
  const tree = divided.get('/');
  if (!partition?.verity || !tree) return undefined;
  return sealed(partition, partition.verity, tree, await factsOf(partition, job));
}

/** A partition with what goes into it, and what its file system is made with. */
interface Filled {
  partition: TablePartition;
  tree: FileTree;
  facts: FileSystemFacts;
}

async function factsOf({ label }: Partition, { key, sourceDate, work }: LayoutJob): Promise<FileSystemFacts> {
  const own = join(work, 'file-systems', label);
  await mkdir(own, { recursive: true });
  return { label, key, sourceDate, work: own };
}

async function needOf({ partition, tree, facts }: Filled, takers: ReadonlySet<TablePartition>): Promise<PartitionNeed> {
  const { role, fileSystem } = partition;
  const { least, roomy, roomyFloorBytes } = roomOf(role);
  const [leastBytes, roomyBytes] = await Promise.all([
    fileSystem.size(tree, least, facts),
    fileSystem.size(tree, roomy, facts),
  ]);
  return { leastBytes, roomyBytes: Math.max(roomyFloorBytes, roomyBytes), grows: takers.has(partition) };
}

/** Of a disk of explicit size: the partition that is to grow; where there is none, those that somebody writes to, before others. */
function whatTakesTheRest(partitions: readonly Partition[]): ReadonlySet<Partition> {
  const growing = partitions.filter(({ grow }) => grow);
  if (growing.length > 0) return new Set(growing);
  const candidates = partitions.filter(({ role }) => roomOf(role).grows);
  const written = candidates.filter(({ fileSystem }) => fileSystem.writable);
  return new Set(written.length > 0 ? written : candidates);
}

/** The table and the file systems side by side, for each has a place of its own. */
async function write(
  filled: readonly Filled[],
  layout: DiskLayout,
  { target, key }: LayoutJob,
  withBiosBoot: boolean,
): Promise<void> {
  const file = await open(target, 'wx');
  await file.truncate(layout.diskBytes).finally(() => file.close());
  const fills = filled.map(async ({ partition: { label, fileSystem }, tree, facts }, index) => {
    const place = layout.places[index];
    if (!place) throw new Error(`partition ${label} has no place`);
    await fileSystem.fill({ disk: target, ...place }, tree, facts);
  });
  const partitions = filled.map(({ partition }) => partition);
  // Who is told of a failure may rely on it that nothing is written any more.
  const ends = await Promise.allSettled([...fills, writePartitionTable(target, key, partitions, layout, withBiosBoot)]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** What the progress line says: `vfat to ESP (64 MiB), ext4 to root (410 MiB)`. */
export function describePlaces(partitions: readonly Partition[], { places }: DiskLayout): string {
  return partitions
    .map(({ fileSystem, label }, i) => `${fileSystem.use} to ${label} (${(places[i]?.sizeBytes ?? 0) / MiB} MiB)`)
    .join(', ');
}

function requireFirmwareReads({ label, fileSystem }: Partition): void {
  if (fileSystem.readByUefi) return;
  throw new StageFailure({
    code: 'file-system.unfit',
    message: `Partition ${label} is an EFI system partition, and UEFI firmware does not read ${fileSystem.use}.`,
    hint: 'Give it a file system that UEFI firmware reads, such as FAT, in the component that brings the partition.',
  });
}
