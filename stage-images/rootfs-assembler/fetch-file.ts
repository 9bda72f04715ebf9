/** One attempt at one file: fetched over HTTP, verified while it streams, in place only when it is right. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SourceFile } from '../../src/stages/lock.ts';

export type FetchCode = 'source.gone' | 'source.hash-mismatch' | 'source.unreachable';

/** Why one file could not be had. `again`: another attempt may help. */
export class FetchFault extends Error {
  override readonly name = 'FetchFault';
  constructor(
    readonly code: FetchCode,
    message: string,
    readonly again = false,
  ) {
    super(message);
  }
}

/** Files that are being written; the store's own names are bare hashes. */
export const partialSuffix = '.partial';

/**
 * Fetches `source` into `folder` under its sha256. `onBytes` hears of every piece, and of the sum as a negative number
 * when the attempt fails. A transfer that brings nothing for `stallMs` is broken off.
 * @throws FetchFault; faults of the store itself as they are.
 */
export async function fetchFile(
  source: SourceFile,
  folder: string,
  stallMs: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const partial = join(folder, `${source.sha256}.${randomUUID()}${partialSuffix}`);
  const hash = createHash('sha256');
  let received = 0;
  const stalled = new AbortController();
  const watchdog = setTimeout(() => stalled.abort(new Error(`nothing came for ${stallMs / 1000} seconds`)), stallMs);
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      watchdog.refresh();
      received += chunk.length;
      onBytes(chunk.length);
      hash.update(chunk);
      // A body that does not end must not fill the disk.
      done(received > source.sizeBytes ? mismatch(source, `more than ${source.sizeBytes} bytes`) : null, chunk);
    },
  });
  try {
    const body = await openBody(source, stalled.signal);
    await pipeline(body, check, createWriteStream(partial, { flush: true }), { signal: stalled.signal });
    if (received < source.sizeBytes) throw truncated(source, received);
    const found = hash.digest('hex');
    if (found !== source.sha256) throw mismatch(source, `sha256 ${found}`);
    await rename(partial, join(folder, source.sha256));
  } catch (error) {
    onBytes(-received);
    await rm(partial, { force: true });
    if (error instanceof FetchFault || isStorageFault(error)) throw error;
    throw unreachable(source, stalled.signal.aborted ? stalled.signal.reason : error);
  } finally {
    clearTimeout(watchdog);
  }
}

async function openBody({ url }: SourceFile, signal: AbortSignal): Promise<Readable> {
  const response = await fetch(url, { signal, redirect: 'follow' });
  const { status, body } = response;
  if (response.ok && body) return Readable.fromWeb(body);
  await body?.cancel();
  if (status === 404 || status === 410)
    throw new FetchFault('source.gone', `${url} is not there any more (HTTP ${status}).`);
  throw new FetchFault('source.unreachable', `${url} answered HTTP ${status}.`, status >= 500 || status === 429);
}

function mismatch({ url, sha256, sizeBytes }: SourceFile, found: string): FetchFault {
  const expected = `expected sha256 ${sha256} (${sizeBytes} bytes)`;
  return new FetchFault('source.hash-mismatch', `${url} is not what the lock names: ${expected}, found ${found}.`);
}

function truncated({ url, sizeBytes }: SourceFile, received: number): FetchFault {
  return new FetchFault('source.unreachable', `${url} ended after ${received} of ${sizeBytes} bytes.`, true);
}

/** fetch() puts the reason (ECONNREFUSED, ENOTFOUND …) into the cause of a general error. */
function unreachable({ url }: SourceFile, error: unknown): FetchFault {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new FetchFault('source.unreachable', `${url} could not be fetched: ${reason}.`, true);
}

/** No space, or no permission, is not the network's fault, and no other attempt will mend it. */
function isStorageFault(error: unknown): boolean {
  const codes = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'];
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
