/** Fetches artifacts to a folder: each appears under its name only when it is complete and its sha256 is right. */
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Client } from '../../client/client.ts';
import { LdfError } from '../../errors.ts';
import type { Artifact } from '../../model/artifact.ts';
import type { Build } from '../../model/build.ts';
import { placeAtomically, writeAtomically } from '../../write-atomically.ts';
import { fileError, isFileError } from './file-error.ts';
import { writeSparseFile } from './sparse-file.ts';

export type Downloadable = Pick<Artifact, 'id' | 'name' | 'sparse' | 'sizeBytes' | 'sha256'>;

export interface DownloadOptions {
  signal: AbortSignal;
  /** Called after each piece with the bytes so far. */
  onProgress?: (artifact: Downloadable, doneBytes: number) => void;
}

/** Fetches all artifacts of a build and writes `build.json` beside them. */
export async function downloadBuild(
  client: Client,
  build: Build,
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  for (const artifact of build.artifacts) await downloadArtifact(client, artifact, folder, options);
  await writeAtomically(join(folder, 'build.json'), `${JSON.stringify(build, null, 2)}\n`).catch((error: unknown) => {
    throw fileError(error, `${join(folder, 'build.json')} cannot be written`);
  });
}

/**
 * What has holes gets them where it is empty. A file of the same name is replaced.
 * @returns the path of the file
 * @throws LdfError `storage.full`, `usage` for a folder that cannot be written, `internal` when the content is not what
 *   the server announced
 */
export async function downloadArtifact(
  client: Client,
  artifact: Downloadable,
  folder: string,
  options: DownloadOptions,
): Promise<string> {
  const path = join(folder, safeName(artifact.name));
  try {
    await mkdir(folder, { recursive: true });
    const content = await client.artifacts.content(artifact.id, { signal: options.signal });
    let doneBytes = 0;
    const onBytes = (sizeBytes: number) => {
      doneBytes += sizeBytes;
      options.onProgress?.(artifact, doneBytes);
    };
    await placeAtomically(path, async (file) => {
      const { sha256 } = await writeSparseFile(file, content, { sparse: artifact.sparse, onBytes });
      if (sha256 !== artifact.sha256) throw damaged(artifact, sha256);
    });
    return path;
  } catch (error) {
    throw isFileError(error) ? fileError(error, `${path} cannot be written`) : error;
  }
}

/** The name comes from a server: it must not lead out of the folder. */
function safeName(name: string): string {
  if (name !== basename(name) || name === '' || name === '.' || name === '..')
    throw new LdfError('internal', `The server names an artifact ${JSON.stringify(name)}, which is no file name.`);
  return name;
}

function damaged(artifact: Downloadable, sha256: string): LdfError {
  return new LdfError(
    'internal',
    `${artifact.name} arrived damaged: its sha256 is ${sha256}, not ${artifact.sha256}.`,
    {
      hint: 'Download it again. If that fails too, the copy on the server is damaged: build again.',
    },
  );
}
