/**
 * systemd-repart(8): its service runs early in each boot, moves the table's second copy to the end of the disk, and enlarges the
 * partitions that repart.d(5) says may be larger. It matches these to what is on the disk by their types, in order.
 */
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import type { PlacedFile } from '../../file-tree/placed-tree.ts';
import { definePart } from '../../part.ts';
import type { GrowingDiskPartition, Growth } from '../growth.ts';
import { RepartParams } from './params.ts';

/** Where it is, before and after /bin became /usr/bin. */
const programs = ['usr/bin/systemd-repart', 'bin/systemd-repart'];
const folder = 'usr/lib/repart.d';
const script = 'usr/lib/systemd/grow-partition';

export const repart = definePart(
  RepartParams,
  (): Growth => ({
    files(partitions, { overlaid, has }) {
      if (!programs.some(has))
        throw new StageFailure({
          code: 'growth.missing',
          message: 'A partition is to grow at boot, and no package of the image brings systemd-repart, which does it.',
          hint: 'Add the package systemd-repart to userland.packages, or leave `grow` out of image.partitions.',
        });
      return [...definitions(partitions), ...(overlaid ? diskBelowLayer : [])];
    },
  }),
);

/**
 * A file for each partition of the growing one's type: the first file of a type is for the first partition of that type, and what
 * has no file is left as it is. With a weight of 0 a partition gets nothing of what is free.
 */
function definitions(partitions: readonly GrowingDiskPartition[]): PlacedFile[] {
  const types = new Set(partitions.filter(({ grow }) => grow).map(({ typeGuid }) => typeGuid));
  return partitions
    .filter(({ typeGuid }) => types.has(typeGuid))
    .map(({ typeGuid, grow }, index) => ({
      path: `${folder}/${String(index + 1).padStart(3, '0')}-partition.conf`,
      content: `[Partition]\nType=${typeGuid}\n${grow ? '' : 'Weight=0\n'}`,
    }));
}

/** The service asks for the disk of /, which is none where / is a layer in memory. */
const diskBelowLayer: readonly PlacedFile[] = [
  {
    path: 'usr/lib/systemd/system/systemd-repart.service.d/50-disk.conf',
    content: `[Service]\nExecStart=\nExecStart=/bin/sh /${script}\n`,
  },
  {
    path: script,
    content: `# Runs systemd-repart(8) for the disk that has the root partition: / is a layer in memory above it.
set -eu
partition=$(realpath "/sys/dev/block/$(mountpoint --fs-devno /run/overlay/lower)")
disk=$(dirname "$partition")
exec systemd-repart --dry-run=no "/dev/\${disk##*/}"
`,
  },
];
