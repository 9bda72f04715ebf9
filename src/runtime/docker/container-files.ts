/** Small files into and out of a container's volumes, through the archive calls of the Docker Engine. */
import { posix } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Container } from 'dockerode';
import * as tar from 'tar-stream';
import { LdfError } from '../../errors.ts';
import type { VolumeMount } from '../runtime.ts';
import { answerOf, dockerError, engineMessage, httpStatus } from './docker-error.ts';
import { asReadable } from './streams.ts';

/**
 * Puts `files` (absolute path → text) into the container's writable volumes. The root file system is read-only, so the
 * engine takes files for volumes alone.
 * @throws LdfError `internal` when a path lies in none of them.
 */
export async function putFiles(
  container: Container,
  files: Readonly<Record<string, string>>,
  mounts: readonly VolumeMount[],
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const mount = mounts.find(({ target, readOnly }) => !readOnly && path.startsWith(`${target}/`));
    if (!mount)
      throw new LdfError('internal', `${path} cannot be put into the container: it is on no writable volume.`);
    const archive = tar.pack();
    archive.entry({ name: posix.relative(mount.target, path), mode: 0o644, mtime: new Date(0) }, text);
    archive.finalize();
    await answerOf(
      `put ${path} into a container`,
      container.putArchive(Readable.from(archive), { path: mount.target }),
    );
  }
}

/** Streams one large file into a container, below a folder of a volume. */
export async function putFile(
  container: Container,
  { folder, path, sizeBytes }: { folder: string; path: string; sizeBytes: number },
  content: Readable,
): Promise<void> {
  const archive = tar.pack();
  const packing = new Promise<void>((resolve, reject) => {
    const entry = archive.entry({ name: path, mode: 0o644, size: sizeBytes, mtime: new Date() }, (error) => {
      if (error) return reject(error);
      archive.finalize();
      resolve();
    });
    content.once('error', reject);
    entry.on('error', reject);
    content.pipe(entry);
  });
  const taking = container.putArchive(Readable.from(archive), { path: folder });
  await answerOf(`put ${path} into a volume`, Promise.all([packing, taking]));
}

/**
 * The bytes of one file; undefined when there is none at `path`.
 * @throws LdfError `stage.vanished` when the container is gone; `stage.result-invalid` for what is no file or is larger
 * than `maxBytes`.
 */
export async function readContainerFile(
  container: Container,
  path: string,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const archive = await openArchive(container, path);
  if (!archive) return undefined;
  const entries = tar.extract();
  // A broken archive ends the loop below with its error, so there is nothing left to do with it here.
  pipeline(archive, entries, () => undefined);
  try {
    for await (const entry of entries) {
      if (entry.header.type !== 'file') throw unreadable(path, `is a ${entry.header.type}, not a file`);
      const size = entry.header.size ?? 0;
      if (size > maxBytes) throw unreadable(path, `has ${size} bytes, and ${maxBytes} is the most it may have`);
      return await buffer(entry);
    }
    return undefined;
  } finally {
    archive.destroy();
  }
}

async function openArchive(container: Container, path: string): Promise<Readable | undefined> {
  const doing = `read ${path} of a container`;
  try {
    return asReadable(await container.getArchive({ path }));
  } catch (error) {
    if (httpStatus(error) !== 404) throw dockerError(doing, error);
    if (/no such container/i.test(engineMessage(error)))
      throw new LdfError('stage.vanished', `The container that should hold ${path} is gone.`, { cause: error });
    return undefined;
  }
}

function unreadable(path: string, why: string): LdfError {
  return new LdfError('stage.result-invalid', `${path} ${why}.`, {
    hint: 'The stage program broke the contract: see its log.',
  });
}
