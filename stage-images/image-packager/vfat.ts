/** The EFI system partition: FAT32, as UEFI 2.10 §13.3 wants it on a fixed disk. */
import { posix } from 'node:path';
import { deriveFatVolumeId } from '../contract/derive.ts';
import { runTool } from '../contract/tool.ts';
import type { FillJob, PartitionFiller, StagedFile } from './filler.ts';
import { MiB } from './layout.ts';

const sectorBytes = 512;
/** With fewer clusters a FAT is read as FAT16 (Microsoft's FAT specification, "FAT type determination"). */
const leastClusters = 65_525;
/** The least FAT32: its clusters of one sector, two tables of four bytes a cluster, and reserved sectors. */
const leastFat32Bytes = 34 * MiB;
/** Below this a kernel update or a second boot entry soon finds no room. */
const roomyFloorBytes = 64 * MiB;
/** Tables and rounding on top of the files, as a share of them, generously. */
const overhead = 1.05;

export const vfat: PartitionFiller = {
  role: 'esp',

  measure({ esp }) {
    const contentBytes = esp.reduce((sum, file) => sum + file.sizeBytes, 0);
    return {
      leastBytes: Math.max(leastFat32Bytes, contentBytes * overhead + MiB),
      // A second kernel stands beside the first while it is being updated.
      roomyBytes: Math.max(roomyFloorBytes, 2 * contentBytes * overhead + 8 * MiB),
      grows: false,
    };
  },

  async fill({ disk, partition, place, content, key, sourceDate }: FillJob) {
    const env = { SOURCE_DATE_EPOCH: String(sourceDate) };
    await runTool(
      'mkfs.vfat',
      [
        '--invariant',
        ...['-F', '32'],
        ...['-S', String(sectorBytes)],
        ...['-s', String(sectorsPerCluster(place.sizeBytes))],
        ...['-i', deriveFatVolumeId(key, partition.label)],
        ...['-n', partition.label],
        ...['-h', String(place.startBytes / sectorBytes)],
        `--offset=${place.startBytes / sectorBytes}`,
        disk,
        String(place.sizeBytes / 1024),
      ],
      { env, onLine: logUnlessExpected },
    );
    const image = `${disk}@@${place.startBytes}`;
    const folders = parentFolders(content.esp);
    if (folders.length > 0) await runTool('mmd', ['-i', image, ...folders.map((folder) => `::/${folder}`)], { env });
    for (const file of content.esp)
      await runTool('mcopy', ['-i', image, '-Q', file.source, `::/${file.path}`], { env });
  },
};

/** mkfs.fat(8) says its version, and warns that it does not fill the file to its end: other partitions follow. */
function logUnlessExpected(line: string): void {
  if (!/^(mkfs\.fat \d|Warning: block count mismatch)/.test(line)) console.log(line);
}

/** The largest cluster, up to 4 KiB, that still leaves FAT32 its number of clusters, with a tenth to spare. */
export function sectorsPerCluster(partitionBytes: number): number {
  const fitting = [8, 4, 2].find((sectors) => partitionBytes / (sectors * sectorBytes) > leastClusters * 1.1);
  return fitting ?? 1;
}

/** Every folder above the files, parents first. */
export function parentFolders(files: readonly Pick<StagedFile, 'path'>[]): string[] {
  const folders = new Set<string>();
  for (const { path } of files)
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) folders.add(folder);
  return [...folders].sort();
}
