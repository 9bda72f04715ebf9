/** Where the partitions lie on the disk, and how large it is. Pure: sizes in, places out. */
import type * as z from 'zod';
import { type ImageSize, sizeInMiB } from '../../../src/definition/image-size.ts';
import type { ErrorDetail } from '../../../src/errors.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { MiB } from '../../units.ts';

/** Partitions begin and end on whole MiB, as every partitioning tool does today: no SSD or RAID block is straddled. */
const alignmentBytes = MiB;
/** Before the first partition: protective MBR and GPT. After the last: the backup GPT (33 sectors). */
const frontBytes = alignmentBytes;
const backBytes = alignmentBytes;
/** Every byte of the disk is hashed several times (0.5 GB/s), so a mistyped unit would keep a build busy for days. */
export const maxDiskBytes = 256 * 1024 * MiB;

/** What a partition's content asks for. */
export interface PartitionNeed {
  /** With less the content does not fit. */
  leastBytes: number;
  /** With room to spare; what a size of `auto` gives. */
  roomyBytes: number;
  /** Takes what an explicit disk size leaves over. */
  grows: boolean;
}

export interface PartitionWish {
  label: string;
  size: z.infer<typeof ImageSize>;
  need: PartitionNeed;
  /** Where a definition asks for it, as a JSON pointer, and the size that it asks for. */
  asked?: { pointer: string; size: string } | undefined;
}

export interface PartitionPlace {
  startBytes: number;
  sizeBytes: number;
}

export interface DiskLayout {
  diskBytes: number;
  /** In the order of the wishes. */
  places: PartitionPlace[];
}

/**
 * Lays the partitions out one after the other on a disk of `size`: `auto`, or exactly that many bytes.
 * @throws StageFailure `image.too-small`, naming the least size that does, or `image.too-large`.
 */
export function layoutDisk(size: z.infer<typeof ImageSize>, wishes: readonly PartitionWish[]): DiskLayout {
  refuseTooSmall(wishes);
  const sizes = size === 'auto' ? wishes.map(roomySize) : shareOut(size, wishes);
  const places: PartitionPlace[] = [];
  let startBytes = frontBytes;
  for (const sizeBytes of sizes) {
    places.push({ startBytes, sizeBytes });
    startBytes += sizeBytes;
  }
  const diskBytes = size === 'auto' ? startBytes + backBytes : parseSize(size);
  refuseTooLarge(diskBytes);
  return { diskBytes, places };
}

/** Bytes of a size such as 512M or 2G (binary units). */
export function parseSize(size: string): number {
  return sizeInMiB(size) * MiB;
}

/** On a disk of explicit size what grows gets its least size and an equal share of what is left. */
function shareOut(size: string, wishes: readonly PartitionWish[]): number[] {
  const diskBytes = parseSize(size);
  const least = wishes.map((wish) => (growing(wish) ? alignUp(wish.need.leastBytes) : roomySize(wish)));
  const leastDiskBytes = frontBytes + least.reduce((sum, bytes) => sum + bytes, 0) + backBytes;
  if (diskBytes < leastDiskBytes) throw tooSmall(size, leastDiskBytes);
  const growers = wishes.filter(growing).length;
  const share = growers === 0 ? 0 : alignDown((diskBytes - leastDiskBytes) / growers);
  return wishes.map((wish, index) => (least[index] ?? 0) + (growing(wish) ? share : 0));
}

function growing(wish: PartitionWish): boolean {
  return wish.need.grows && wish.size === 'auto';
}

function roomySize({ size, need }: PartitionWish): number {
  return size === 'auto' ? alignUp(Math.max(need.roomyBytes, need.leastBytes)) : parseSize(size);
}

/** @throws StageFailure that names each partition whose own explicit size is too small */
function refuseTooSmall(wishes: readonly PartitionWish[]): void {
  const small = wishes.filter(({ size, need }) => size !== 'auto' && parseSize(size) < need.leastBytes);
  const [first] = small;
  if (!first) return;
  const details = small.flatMap(({ asked, need }): ErrorDetail[] => {
    if (!asked) return [];
    const [pointer, least] = [`${asked.pointer}/size`, inMiB(need.leastBytes)];
    const fixes = [least, 'auto'].map((to) => ({ pointer, from: asked.size, to }));
    return [{ pointer, message: `must be at least ${least}`, value: JSON.stringify(asked.size), fixes }];
  });
  const told = small.map(
    ({ label, size, need }) =>
      `Partition ${label} is planned with ${size}, but its content needs ${inMiB(need.leastBytes)}.`,
  );
  throw new StageFailure({
    code: 'image.too-small',
    message: told.join(' '),
    hint: `Give partition ${first.label} at least ${inMiB(first.need.leastBytes)}, or auto.`,
    ...(details.length > 0 ? { details } : {}),
  });
}

function tooSmall(size: string, leastDiskBytes: number): StageFailure {
  const least = inMiB(leastDiskBytes);
  return new StageFailure({
    code: 'image.too-small',
    message: `The image's content does not fit a disk of ${size}: it needs at least ${least}.`,
    hint: `Set image.size to ${least} or more, or to auto; or install fewer packages.`,
    details: [
      {
        pointer: '/image/size',
        message: `must be at least ${least}`,
        value: JSON.stringify(size),
        fixes: [least, 'auto'].map((to) => ({ pointer: '/image/size', from: size, to })),
      },
    ],
  });
}

function refuseTooLarge(diskBytes: number): void {
  if (diskBytes <= maxDiskBytes) return;
  const most = `${maxDiskBytes / MiB / 1024}G`;
  throw new StageFailure({
    code: 'image.too-large',
    message: `A disk of ${inMiB(diskBytes)} is larger than LDF makes; the most is ${most}.`,
    hint: 'Choose a smaller image.size; partition and root file system can grow on the real disk (growpart, resize2fs).',
    details: [{ pointer: '/image/size', message: `must be at most ${most}` }],
  });
}

/** As image.size is written, rounded up. */
function inMiB(bytes: number): string {
  return `${Math.ceil(bytes / MiB)}M`;
}

function alignUp(bytes: number): number {
  return Math.ceil(bytes / alignmentBytes) * alignmentBytes;
}

function alignDown(bytes: number): number {
  return Math.floor(bytes / alignmentBytes) * alignmentBytes;
}
