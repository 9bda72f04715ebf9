/** The partition that the firmware reads: the first FAT partition of the MBR, or of the GPT where it reads one. Pure. */
import type { Model } from './models.ts';

const sectorBytes = 512;
/** An MBR, and a GPT with 128 entries of 128 bytes (UEFI 2.10 §5.3). */
export const tableBytes = 34 * sectorBytes;
/** FAT of every size and way of counting. */
const fatTypes = [0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e];
/** The EFI system partition in an MBR, which the ROM of earlier models does not know. */
const efiType = 0xef;
const protectiveType = 0xee;
/** The EFI system partition, and Microsoft's basic data. */
const fatGuids = ['c12a7328-f81f-11d2-ba4b-00a0c93ec93b', 'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7'];

/** @param start the first bytes of the disk, as many as `tableBytes` */
export function firmwarePartition(
  start: Buffer,
  { readsGpt }: Pick<Model, 'readsGpt'>,
): { startBytes: number; table: 'MBR' | 'GPT' } | undefined {
  if (start.length < tableBytes || start.readUInt16LE(510) !== 0xaa55) return undefined;
  const entries = [0, 1, 2, 3].map((index) => {
    const at = 446 + 16 * index;
    return { type: start.readUInt8(at + 4), startSector: start.readUInt32LE(at + 8) };
  });
  const known = readsGpt ? [...fatTypes, efiType] : fatTypes;
  const named = entries.find(({ type }) => known.includes(type));
  if (named) return { startBytes: named.startSector * sectorBytes, table: 'MBR' };
  if (!readsGpt || !entries.some(({ type }) => type === protectiveType)) return undefined;
  const startSector = fatInGpt(start);
  return startSector === undefined ? undefined : { startBytes: startSector * sectorBytes, table: 'GPT' };
}

function fatInGpt(start: Buffer): number | undefined {
  const header = start.subarray(sectorBytes);
  if (header.toString('latin1', 0, 8) !== 'EFI PART' || header.readUInt32LE(84) !== 128) return undefined;
  const first = Number(header.readBigUInt64LE(72)) * sectorBytes;
  for (let at = first; at + 128 <= start.length; at += 128)
    if (fatGuids.includes(guidAt(start, at))) return Number(start.readBigUInt64LE(at + 32));
  return undefined;
}

/** A GUID as text: its first three numbers are little-endian (UEFI 2.10, appendix A). */
function guidAt(bytes: Buffer, at: number): string {
  const hex = (from: number, to: number) => bytes.toString('hex', at + from, at + to);
  const number = (from: number, length: number) =>
    bytes
      .readUIntLE(at + from, length)
      .toString(16)
      .padStart(length * 2, '0');
  return [number(0, 4), number(4, 2), number(6, 2), hex(8, 10), hex(10, 16)].join('-');
}
