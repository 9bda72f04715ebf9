/** Writes a stream to an open file, with holes where it holds zeros: a disk image is mostly empty. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** ext4, XFS and Btrfs allocate in blocks of this size: a hole in a smaller one saves nothing. */
const blockBytes = 4096;
const zeros = Buffer.alloc(blockBytes);

export interface Written {
  sizeBytes: number;
  sha256: string;
}

/**
 * @param sparse leave out blocks of zeros; the content is the same
 * @param onBytes called with the bytes of each piece, for progress
 */
export async function writeSparseFile(
  file: FileHandle,
  content: AsyncIterable<Uint8Array>,
  options: { sparse: boolean; onBytes?: (sizeBytes: number) => void },
): Promise<Written> {
  const hash = createHash('sha256');
  let position = 0;
  for await (const chunk of content) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    hash.update(bytes);
    if (options.sparse) await writeData(file, bytes, position);
    else await writeAll(file, bytes, position);
    position += bytes.length;
    options.onBytes?.(bytes.length);
  }
  // Zeros at the end were skipped like all others; this gives the file its length.
  await file.truncate(position);
  return { sizeBytes: position, sha256: hash.digest('hex') };
}

/** Writes each run of blocks that hold anything. A chunk may begin and end within a block: zeros left out there are zeros all the same. */
async function writeData(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let runStart = -1;
  let offset = 0;
  while (offset < bytes.length) {
    const end = Math.min(bytes.length, offset + blockBytes - ((position + offset) % blockBytes));
    const empty = bytes.subarray(offset, end).equals(zeros.subarray(0, end - offset));
    if (!empty && runStart < 0) runStart = offset;
    if (empty && runStart >= 0) {
      await writeAll(file, bytes.subarray(runStart, offset), position + runStart);
      runStart = -1;
    }
    offset = end;
  }
  if (runStart >= 0) await writeAll(file, bytes.subarray(runStart), position + runStart);
}

/** write(2) may write less than it was given. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
