/** FAT32, filled by mtools: what UEFI firmware reads (UEFI 2.10 §13.3), and every other machine. */
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

export const vfat = definePart(VfatParams, (): FileSystem => ({ ...vfatTraits, size: vfatBytes, fill }));

/** @throws StageFailure `file-system.unfit` for what FAT cannot hold. */
async function vfatBytes(tree: FileTree, free: (contentBytes: number) => number): Promise<number> {
  const entries = await tree.entries();
  refuseWhatFatLoses(entries);
  const contentBytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) * overhead;
  return Math.max(leastFat32Bytes, contentBytes + free(contentBytes));
}

async function fill({ disk, startBytes, sizeBytes }: Region, tree: FileTree, facts: FileSystemFacts): Promise<void> {
  const { key, label, sourceDate } = facts;
  const env = { SOURCE_DATE_EPOCH: String(sourceDate) };
  const place = String(startBytes / sectorBytes);
  await runTool(
    'mkfs.vfat',
    [
      '--invariant',
      ...['-F', '32'],
      ...['-S', String(sectorBytes)],
      ...['-s', String(sectorsPerCluster(sizeBytes))],
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
