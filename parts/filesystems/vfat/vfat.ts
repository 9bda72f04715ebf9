/** FAT, filled by mtools: what UEFI firmware reads (UEFI 2.10 §13.3), and every other machine. FAT32, and FAT16 where a disk is small. */
import { join } from 'node:path';
import { deriveFatVolumeId } from '../../../stage-images/contract/derive.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { type FileTree, plainPath } from '../../file-tree/file-tree.ts';
import { definePart } from '../../part.ts';
import { MiB } from '../../units.ts';
import type { FileSystem, FileSystemFacts, Region } from '../file-system.ts';
import { refuseWhatFatLoses } from './contents.ts';
import { VfatParams, vfatTraits } from './params.ts';

const sectorBytes = 512;
/** With fewer clusters a FAT is read as FAT16 (Microsoft's FAT specification, "FAT type determination"). */
const leastClusters = 65_525;
/** The least FAT32: its clusters of one sector, two tables of four bytes a cluster, and reserved sectors. */
const leastFat32Bytes = 34 * MiB;
/** Tables and rounding on top of the files, as a share of them, generously. */
const overhead = 1.05;

interface Kind {
  bits: 16 | 32;
  leastBytes: number;
  sectorsPerCluster(partitionBytes: number): number;
}

export const vfat = definePart(VfatParams, () =>
  fileSystem({ bits: 32, leastBytes: leastFat32Bytes, sectorsPerCluster }),
);

/** With clusters of one sector it is FAT16 from 2 MiB to 32 MiB: for a medium that holds a boot loader and nothing else. */
export const smallFat: FileSystem = fileSystem({ bits: 16, leastBytes: 4 * MiB, sectorsPerCluster: () => 1 });

function fileSystem(kind: Kind): FileSystem {
  return {
    ...vfatTraits,
    size: (tree, free) => vfatBytes(kind, tree, free),
    fill: (region, tree, facts) => fill(kind, region, tree, facts),
  };
}

/** @throws StageFailure `file-system.unfit` for what FAT cannot hold. */
async function vfatBytes(
  { leastBytes }: Kind,
  tree: FileTree,
  free: (contentBytes: number) => number,
): Promise<number> {
  const entries = await tree.entries();
  refuseWhatFatLoses(entries);
  const contentBytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) * overhead;
  return Math.max(leastBytes, contentBytes + free(contentBytes));
}

async function fill(kind: Kind, region: Region, tree: FileTree, facts: FileSystemFacts): Promise<void> {
  const { disk, startBytes, sizeBytes } = region;
  const { key, label, sourceDate } = facts;
  const env = { SOURCE_DATE_EPOCH: String(sourceDate) };
  const place = String(startBytes / sectorBytes);
  await runTool(
    'mkfs.vfat',
    [
      '--invariant',
      ...['-F', String(kind.bits)],
      ...['-S', String(sectorBytes)],
      ...['-s', String(kind.sectorsPerCluster(sizeBytes))],
      ...['-i', deriveFatVolumeId(key, label)],
      ...['-n', label],
      ...['-h', place],
      `--offset=${place}`,
      disk,
      String(sizeBytes / 1024),
    ],
    { env, onLine: logUnlessExpected },
  );
  const image = `${disk}@@${startBytes}`;
  const entries = await tree.entries();
  const named = (kind: 'file' | 'folder') =>
    entries.filter((entry) => entry.kind === kind).map(({ path }) => plainPath(path));
  const folders = named('folder').filter((path) => path !== '');
  if (folders.length > 0) await runTool('mmd', ['-i', image, ...folders.map((folder) => `::/${folder}`)], { env });
  const source = await tree.folder();
  for (const path of named('file'))
    await runTool('mcopy', ['-i', image, '-Q', join(source, path), `::/${path}`], { env });
}

/** mkfs.fat(8) says its version, and warns that it does not fill the file to its end: other partitions follow. */
function logUnlessExpected(line: string): void {
  if (!/^(mkfs\.fat \d|Warning: block count mismatch)/.test(line)) console.log(line);
}

/** The largest cluster, up to 4 KiB, that still leaves FAT32 its number of clusters, with a tenth to spare. */
export function sectorsPerCluster(partitionBytes: number): number {
  const fitting = [8, 4, 2].find((sectors) => partitionBytes / (sectors * sectorBytes) > leastClusters * 1.1);
  return fitting ?? 1;
}
