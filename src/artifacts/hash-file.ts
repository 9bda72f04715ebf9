/** The sha256 of files that may be hundreds of gigabytes: not in the thread that answers requests. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { LdfError } from '../errors.ts';

/** Smaller ones are hashed here: to start a program takes longer. */
const hereBytes = 8 << 20;

/** Hexadecimal, of an open file from its beginning. @throws LdfError `internal` when sha256sum(1) fails. */
export async function sha256Of(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  if (size > hereBytes) return sha256InChild(file);
  const hash = createHash('sha256');
  await pipeline(file.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 << 10 }), hash);
  return hash.digest('hex');
}

async function sha256InChild(file: FileHandle): Promise<string> {
  const child = spawn('sha256sum', { stdio: [file.fd, 'pipe', 'pipe'] });
  // Asked for before anything else is awaited: a program that is not there fails at once.
  const closed = once(child, 'close').catch((cause: unknown) => {
    throw new LdfError('internal', `Could not hash an artifact with sha256sum: ${String(cause)}`, {
      hint: 'Install the package coreutils.',
      cause,
    });
  });
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('sha256sum was started without pipes');
  const [said, errors] = await Promise.all([text(stdout), text(stderr), closed]);
  const [, sha256] = /^([0-9a-f]{64}) /.exec(said) ?? [];
  if (sha256 !== undefined) return sha256;
  throw new LdfError('internal', `Could not hash an artifact: ${errors.trim() || `exit code ${child.exitCode}`}`);
}
