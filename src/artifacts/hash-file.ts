/** Hashes of files that may be hundreds of gigabytes: not in the thread that answers requests. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { LdfError } from '../errors.ts';

/** By the names of node:crypto: the program of coreutils that makes the same, and its hexadecimal digits. */
const programs = {
  sha256: { program: 'sha256sum', digits: 64 },
  blake2b512: { program: 'b2sum', digits: 128 },
} as const;
export type Algorithm = keyof typeof programs;

/** Smaller ones are hashed here: to start a program takes longer. */
const hereBytes = 8 << 20;

/** Hexadecimal, of an open file from its beginning. @throws LdfError `internal` when the program fails. */
export async function hashOf(file: FileHandle, algorithm: Algorithm): Promise<string> {
  const { size } = await file.stat();
  if (size > hereBytes) return hashInChild(file, algorithm);
  const hash = createHash(algorithm);
  await pipeline(file.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 << 10 }), hash);
  return hash.digest('hex');
}

async function hashInChild(file: FileHandle, algorithm: Algorithm): Promise<string> {
  const { program, digits } = programs[algorithm];
  const child = spawn(program, { stdio: [file.fd, 'pipe', 'pipe'] });
  // Asked for before anything else is awaited: a program that is not there fails at once.
  const closed = once(child, 'close').catch((cause: unknown) => {
    throw new LdfError('internal', `Could not hash an artifact with ${program}: ${String(cause)}`, {
      hint: 'Install the package coreutils.',
      cause,
    });
  });
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error(`${program} was started without pipes`);
  const [said, errors] = await Promise.all([text(stdout), text(stderr), closed]);
  const [hash = ''] = /^[0-9a-f]+(?= )/.exec(said) ?? [];
  if (hash.length === digits) return hash;
  throw new LdfError('internal', `Could not hash an artifact: ${errors.trim() || `exit code ${child.exitCode}`}`);
}
