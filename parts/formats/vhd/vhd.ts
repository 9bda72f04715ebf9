/**
 * VHD, dynamic: for Hyper-V (generation 1), VirtualBox and XenServer. Written by qemu-img(1), with exactly the size of the disk, whatever its
 * geometry comes to. Microsoft, "Virtual Hard Disk Image Format Specification" (2006), "Hard Disk Footer Format".
 */
import { runTool } from '../../../stage-images/contract/tool.ts';
import { definePart } from '../../part.ts';
import type { Format, FormatSource } from '../format.ts';
import { derivedBytes, readAt, requireSameDisk, withFile, writeAt } from '../header.ts';
import { VhdParams } from './params.ts';

export const vhd = definePart(
  VhdParams,
  () => (): Format => ({
    extension: 'vhd',
    mediaType: 'application/x-vhd',
    disk: 'whole',
    sparse: false,
    bootable: true,
    qemu: { driver: 'vpc' },
    compress: 'none',
    convert,
  }),
);

async function convert({ disk, key, sourceDate }: FormatSource, target: string): Promise<void> {
  // Without force_size the size is rounded up to a geometry, and the second partition table is not at the end any more.
  const options = 'subformat=dynamic,force_size=on';
  await runTool('qemu-img', ['convert', '-q', '-f', 'raw', '-O', 'vpc', '-o', options, disk, target]);
  await identify(target, derivedBytes(key, 'vhd-disk'), sourceDate);
  await requireSameDisk(disk, target, 'vpc');
}

const footerBytes = 512;
/** Seconds between the epoch and 2000-01-01T00:00:00Z, which the time stamp counts from. */
const epoch2000 = 946_684_800;
const at = { timeStamp: 24, checksum: 64, uniqueId: 68 } as const;

/** Writes time and UUID into both footers: the one at the end, and its copy at the beginning. */
export async function identify(image: string, uuid: Buffer, sourceDate: number): Promise<void> {
  await withFile(image, async (file) => {
    const { size } = await file.stat();
    for (const position of [0, size - footerBytes])
      await writeAt(file, position, identifiedFooter(await readAt(file, position, footerBytes), uuid, sourceDate));
  });
}

/** @throws Error for what is no footer */
export function identifiedFooter(footer: Buffer, uuid: Buffer, sourceDate: number): Buffer {
  if (footer.toString('latin1', 0, 8) !== 'conectix') throw new Error('a VHD has no footer where it should be');
  const named = Buffer.from(footer);
  named.writeUInt32BE(Math.max(0, sourceDate - epoch2000), at.timeStamp);
  uuid.copy(named, at.uniqueId);
  named.writeUInt32BE(0, at.checksum);
  named.writeUInt32BE(footerChecksum(named), at.checksum);
  return named;
}

/** The one's complement of the sum of all bytes, those of the checksum counted as zeros. */
export function footerChecksum(footer: Buffer): number {
  const sum = footer.reduce(
    (total, byte, index) => total + (index >= at.checksum && index < at.uniqueId ? 0 : byte),
    0,
  );
  return ~sum >>> 0;
}
