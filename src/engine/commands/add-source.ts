/** Puts a file that somebody sends into the source store, under the hash of what came. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFull, isDiskFull } from '../../disk-full.ts';
import { LdfError, printable } from '../../errors.ts';
import type { AddedSource } from '../../model/source.ts';
import { stageWithResult } from '../../stages/registry.ts';
import { sourcesVolume } from '../core/attempt-names.ts';
import { type Engine, stageImage } from '../core/dependencies.ts';
import { Lease, newOwner, sourcesLease } from '../core/leases.ts';

export interface SentSource {
  content: AsyncIterable<Uint8Array>;
  filename: string;
  /** What it should be; another file is refused. */
  sha256?: string | undefined;
  mostBytes: number;
}

/** Files that may arrive at once: each takes its size on the disk of the data folder until it is in the store. */
const mostAtOnce = 4;
const arriving = new WeakMap<Engine, number>();

/** @throws LdfError `body.too-large`, `request.invalid` for another file than was announced, `server.busy`, `storage.full`, `images.missing`. */
export async function addSource(engine: Engine, sent: SentSource, stop: AbortSignal): Promise<AddedSource> {
  const { dataDir, runtime, installation, store } = engine;
  const now = arriving.get(engine) ?? 0;
  if (now >= mostAtOnce)
    throw new LdfError('server.busy', `${mostAtOnce} files are being sent already.`, { hint: 'Try again later.' });
  arriving.set(engine, now + 1);
  const folder = join(dataDir, 'arriving');
  const path = join(folder, randomUUID());
  try {
    const { image } = stageWithResult('sources');
    const { id } = stageImage(await engine.images.resolve([image]), image);
    await mkdir(folder, { recursive: true });
    const { sha256, sizeBytes } = await receive(sent, path);
    const lease = await Lease.wait(engine, sourcesLease, newOwner(engine), stop);
    try {
      const volume = sourcesVolume(installation);
      await runtime.ensureVolume(volume, 'sources');
      await runtime.importFile(volume, `sha256/${sha256}`, createReadStream(path), sizeBytes, id);
      await store.addSources([{ sha256, sizeBytes, filename: sent.filename }]);
    } finally {
      await lease.release();
    }
    return { sha256, sizeBytes, filename: sent.filename };
  } catch (error) {
    throw isDiskFull(error) ? diskFull(sent.filename, error) : error;
  } finally {
    arriving.set(engine, (arriving.get(engine) ?? 1) - 1);
    await rm(path, { force: true });
  }
}

/** Hashed while it arrives, and never more of it than may be. */
async function receive({ content, filename, sha256: wanted, mostBytes }: SentSource, path: string) {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of content) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > mostBytes)
        throw new LdfError('body.too-large', `${filename} is larger than ${mostBytes} bytes.`, {
          hint: 'Send an archive of the kernel alone: it takes 150 MB as .tar.xz.',
        });
      hash.update(chunk);
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
  const sha256 = hash.digest('hex');
  if (sizeBytes === 0) throw invalid('', 'The body is empty', undefined, 'Send the file as the body.');
  if (wanted !== undefined && wanted !== sha256)
    throw invalid(
      '/sha256',
      `is not the sha256 of what came, which is ${sha256}`,
      wanted,
      'Send the right file, or leave sha256 out.',
    );
  return { sha256, sizeBytes };
}

function invalid(pointer: string, message: string, value: string | undefined, hint: string): LdfError {
  const shown = value === undefined ? {} : { value: printable(value) };
  return new LdfError('request.invalid', 'The file was not added.', {
    details: [{ pointer, message, hint, ...shown }],
  });
}
