/**
 * Gives a VHDX that is closed identifiers which follow from a key, and an empty log: everything that differs between two runs of
 * qemu-img(1). [MS-VHDX] 2.2.2 "Headers", 2.3 "Log", 2.6 "Metadata Region".
 */
import type { FileHandle } from 'node:fs/promises';
import { derivedGuid, guidBytes, readAt, withFile, writeAt } from '../header.ts';
import { crc32c } from './crc32c.ts';

const KiB = 1024;
const headerBytes = 4 * KiB;
const headerPositions = [64 * KiB, 128 * KiB] as const;
const regionTable = { position: 192 * KiB, sizeBytes: 64 * KiB } as const;
/** What is written of the log at once. */
const blockBytes = 1 << 20;
const mostLogBytes = 64 << 20;

/** Of a header. */
const at = {
  checksum: 4,
  sequence: 8,
  fileWrite: 16,
  dataWrite: 32,
  log: 48,
  logSizeBytes: 68,
  logPosition: 72,
} as const;
const metadataRegion = guidBytes('8b7ca206-4790-4b9a-b8fe-575f050f886e');
/** The identity of the disk that the machine sees (SCSI page 83). */
const page83Item = guidBytes('beca12ab-b2e6-4523-93ef-c309e000c746');

/** @throws Error for what is no VHDX */
export async function identify(image: string, key: string): Promise<void> {
  await withFile(image, async (file) => {
    const headers = await Promise.all(headerPositions.map((position) => readAt(file, position, headerBytes)));
    for (const [index, header] of headers.entries()) {
      requireSignature(header, 'head');
      await emptyLog(file, header);
      await writeAt(file, headerPositions[index] ?? 0, identifiedHeader(header, key, index + 1));
    }
    const page83 = await findPage83(file);
    await writeAt(file, page83, derivedGuid(key, 'vhdx-page83'));
  });
}

/** A header of that sequence number, the higher of which counts, that says that there is nothing in the log. */
export function identifiedHeader(header: Buffer, key: string, sequence: number): Buffer {
  const named = Buffer.from(header);
  named.writeBigUInt64LE(BigInt(sequence), at.sequence);
  derivedGuid(key, 'vhdx-file-write').copy(named, at.fileWrite);
  derivedGuid(key, 'vhdx-data-write').copy(named, at.dataWrite);
  named.fill(0, at.log, at.log + 16);
  named.writeUInt32LE(0, at.checksum);
  named.writeUInt32LE(crc32c(named), at.checksum);
  return named;
}

/** Everything in the log has reached its place, as qemu-img has closed the image: its entries are left overs. */
async function emptyLog(file: FileHandle, header: Buffer): Promise<void> {
  const sizeBytes = header.readUInt32LE(at.logSizeBytes);
  const position = Number(header.readBigUInt64LE(at.logPosition));
  if (sizeBytes > mostLogBytes) throw new Error(`a VHDX has a log of ${sizeBytes} bytes`);
  for (let done = 0; done < sizeBytes; done += blockBytes)
    await writeAt(file, position + done, Buffer.alloc(Math.min(blockBytes, sizeBytes - done)));
}

/** Where the identity of the disk stands in the file. */
async function findPage83(file: FileHandle): Promise<number> {
  const regions = await readAt(file, regionTable.position, regionTable.sizeBytes);
  requireSignature(regions, 'regi');
  const region = entryOf(regions, { first: 16, count: regions.readUInt32LE(8), id: metadataRegion });
  const start = Number(region.readBigUInt64LE(16));
  const metadata = await readAt(file, start, 64 * KiB);
  requireSignature(metadata, 'metadata');
  const item = entryOf(metadata, { first: 32, count: metadata.readUInt16LE(10), id: page83Item });
  return start + item.readUInt32LE(16);
}

/** Both tables have entries of 32 bytes that begin with a GUID. */
function entryOf(table: Buffer, { first, count, id }: { first: number; count: number; id: Buffer }): Buffer {
  for (let index = 0; index < Math.min(count, 2047); index += 1) {
    const entry = table.subarray(first + index * 32, first + (index + 1) * 32);
    if (entry.subarray(0, 16).equals(id)) return entry;
  }
  throw new Error('a VHDX lacks a region or an item that all have');
}

function requireSignature(bytes: Buffer, signature: string): void {
  const found = bytes.toString('latin1', 0, signature.length);
  if (found !== signature) throw new Error(`a VHDX has ${JSON.stringify(found)} where ${signature} should stand`);
}
