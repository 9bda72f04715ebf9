/** Sizes of partitions as a definition gives them: shares of the disk, and whether all of them fit on it. Pure. */
import type { ImagePartition } from '../../definition/image-partitions.ts';
import { percentOf, sizeInMiB } from '../../definition/image-size.ts';
import type { Problems } from '../problems.ts';

/** Before the first partition and behind the last, where the two copies of the table are. */
const tablesMiB = 2;
/** Of a partition whose size follows from its content. */
const leastMiB = 1;

/** The size as the packager takes it: `auto`, or with a unit. A share is one of what is left to partitions, in whole MiB. */
export function plannedSize(size: string, imageSize: string): string {
  const percent = percentOf(size);
  if (percent === undefined) return size;
  return imageSize === 'auto' ? 'auto' : `${shareMiB(percent, imageSize)}M`;
}

function shareMiB(percent: number, imageSize: string): number {
  return Math.max(leastMiB, Math.floor(((sizeInMiB(imageSize) - tablesMiB) * percent) / 100));
}

/** Adds a problem for each share that there is nothing to take of, for more than there is, and for a disk that is too small for all. */
export function checkSizes(
  { size: imageSize, partitions }: { size: string; partitions: readonly ImagePartition[] },
  problems: Problems,
): void {
  let percents = 0;
  partitions.forEach(({ size }, index) => {
    const percent = percentOf(size);
    if (percent === undefined) return;
    const pointer = `/image/partitions/${index}/size`;
    const before = percents;
    percents += percent;
    if (imageSize === 'auto')
      problems.add(pointer, `${size} is a share of image.size, which is auto`, {
        value: size,
        hint: 'Set image.size, such as 8G, or give the partition a size of its own, such as 2G.',
      });
    else if (percents > 100 && before <= 100)
      problems.add(pointer, `with ${size} the partitions come to ${percents} percent of the disk`, {
        value: size,
        hint: 'Make shares smaller until they come to 100 percent or less.',
      });
  });
  if (imageSize === 'auto' || percents > 100) return;
  const sizes = partitions.map(({ size }) => plannedSize(size, imageSize));
  const takenMiB = sizes.reduce((sum, size) => sum + (size === 'auto' ? leastMiB : sizeInMiB(size)), tablesMiB);
  if (takenMiB <= sizeInMiB(imageSize)) return;
  const least = percents > 0 ? undefined : `${takenMiB}M`;
  problems.add('/image/size', `the partitions take ${takenMiB}M, and the disk has ${imageSize}`, {
    value: imageSize,
    hint:
      least === undefined
        ? 'Set a larger image.size, or make partitions smaller.'
        : `Set image.size to ${least} or more, or to auto; or make partitions smaller.`,
    ...(least === undefined
      ? {}
      : { fixes: [least, 'auto'].map((to) => ({ pointer: '/image/size', from: imageSize, to })) }),
  });
}
