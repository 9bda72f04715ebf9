/**
 * Opening files that came out of a container. A stage that lies may leave anything under the name of an output: a symbolic
 * link would be followed to a file of this machine, and a FIFO would block a thread for ever.
 */
import type { BigIntStats, Stats } from 'node:fs';
import { constants, type FileHandle, lstat, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { LdfError } from './errors.ts';

/**
 * Opens a regular file for reading, and nothing else.
 * @param name what errors call it; a path of this machine is nobody's business
 * @throws LdfError `stage.result-invalid` for anything but a regular file; what open(2) fails with.
 */
export async function openRegular(path: string, name = basename(path)): Promise<FileHandle> {
  // Looked at first: opening a device may do something to it.
  requireRegular(await lstat(path), name);
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    requireRegular(await handle.stat(), name);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** @throws LdfError `stage.result-invalid` unless `entry` (lstat(2)) is of a regular file. */
export function requireRegular(entry: Stats | BigIntStats, name: string): void {
  if (entry.isFile()) return;
  throw new LdfError('stage.result-invalid', `${name} is ${kindOf(entry)}, not a regular file.`, {
    hint: 'The stage program broke the contract: see its log; `ldf images verify` tells whether its image is sound.',
  });
}

function kindOf(entry: Stats | BigIntStats): string {
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.isDirectory()) return 'a folder';
  if (entry.isFIFO()) return 'a FIFO';
  if (entry.isSocket()) return 'a socket';
  return 'a device';
}
