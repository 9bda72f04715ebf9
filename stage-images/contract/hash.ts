/** What outputs are known by: the sha256 of a file's content, or of a tree's listing. */
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageOutput } from '../../src/stages/contract.ts';

/** `sha256`: of a file that was hashed already. */
export async function describeOutput(
  folder: string,
  path: string,
  kind: 'file' | 'tree',
  sha256?: string,
): Promise<StageOutput> {
  const full = join(folder, path);
  if (kind === 'file')
    return { path, kind, sizeBytes: await sizeOfRegular(full), sha256: sha256 ?? (await sha256File(full)) };
  return { path, kind, ...(await describeTree(full)) };
}

/** @throws Error for anything but a regular file: a link would be followed, and a FIFO never ends. */
export async function sizeOfRegular(path: string): Promise<number> {
  const entry = await lstat(path);
  if (!entry.isFile()) throw new Error(`${path} is not a regular file`);
  return entry.size;
}

const blockBytes = 1 << 20;

/** A part of a file. */
export interface Extent {
  startBytes: number;
  sizeBytes: number;
}

/**
 * The sha256 of a file, in hexadecimal.
 * @param written all parts of the file that may hold anything but zeros, in their order; default: the whole file
 */
export async function sha256File(path: string, written?: readonly Extent[]): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256');
    let position = 0;
    for (const { startBytes, sizeBytes } of written ?? [{ startBytes: 0, sizeBytes: size }]) {
      hashZeros(hash, startBytes - position);
      await hashPart(hash, file, startBytes, startBytes + sizeBytes);
      position = startBytes + sizeBytes;
    }
    hashZeros(hash, size - position);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

/** Small enough to stay in a processor's cache. */
const zeros = Buffer.alloc(64 << 10);

/** Holes are hashed without being read: the kernel would make pages of zeros for them, which takes longer than the hash. */
function hashZeros(hash: Hash, sizeBytes: number): void {
  if (sizeBytes < 0) throw new Error('the parts of a file are not in order');
  for (let rest = sizeBytes; rest > 0; rest -= zeros.length) hash.update(zeros.subarray(0, rest));
}

/**
 * Reads the next block while the last one is hashed, into two buffers that are used in turn: a stream makes a new buffer
 * for each block, and clearing its pages takes as long as hashing them.
 */
async function hashPart(hash: Hash, file: FileHandle, from: number, to: number): Promise<void> {
  let [free, full] = [Buffer.allocUnsafeSlow(blockBytes), Buffer.allocUnsafeSlow(blockBytes)];
  const read = (position: number) => file.read(free, 0, Math.min(blockBytes, to - position), position);
  let position = from;
  let reading = read(position);
  while (position < to) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) throw new Error(`a file ended at byte ${position}, not ${to}, while it was hashed`);
    position += bytesRead;
    [free, full] = [full, free];
    reading = read(position);
    hash.update(full.subarray(0, bytesRead));
  }
  await reading;
}

/** Hashes a tree's listing, not its contents: a kernel source has 80,000 files, and its tar was verified already. */
async function describeTree(folder: string): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const visit = async (relative: string): Promise<void> => {
    const entries = await readdir(join(folder, relative), { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const stats = await Promise.all(entries.map((entry) => lstat(join(folder, relative, entry.name))));
    for (const [index, entry] of entries.entries()) {
      const stat = stats[index];
      if (!stat) continue;
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const size = entry.isDirectory() ? 0 : stat.size;
      sizeBytes += size;
      hash.update(`${path}\0${stat.mode.toString(8)}\0${size}\n`);
      if (entry.isDirectory()) await visit(path);
    }
  };
  await visit('');
  return { sizeBytes, sha256: hash.digest('hex') };
}
