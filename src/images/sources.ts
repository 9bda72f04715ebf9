/** The sources of stage images, as they stand in `dist/stage-images/<name>/`. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { LdfError } from '../errors.ts';
import { imageSubjects } from '../runtime/images.ts';
import { Sha256 } from '../stages/contract.ts';

/**
 * sha256 of a folder's files: of the sorted list of path, whether it is executable, and sha256.
 */
export async function hashFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = join(entry.parentPath, entry.name);
        const [content, { mode }] = await Promise.all([readFile(file), stat(file)]);
        const sha256 = createHash('sha256').update(content).digest('hex');
        return `${file.slice(folder.length + 1)} ${(mode & 0o111) !== 0 ? 'x' : '-'} ${sha256}\n`;
      }),
  );
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}

/** A hash for every stage image and for the base under them; `stage-images/sources.json` has this form. */
export const SourceHashes = z.record(z.enum(imageSubjects), Sha256);
export type SourceHashes = z.infer<typeof SourceHashes>;

/** Hashes the folders below `directory`, one an image. @throws LdfError `internal` when LDF was not built. */
export async function hashSources(directory: string): Promise<SourceHashes> {
  const hashed = imageSubjects.map(async (name) => [name, await hashFolder(join(directory, name))]);
  try {
    return SourceHashes.parse(Object.fromEntries(await Promise.all(hashed)));
  } catch (cause) {
    throw new LdfError('internal', `The sources of the stage images are not all in ${directory}.`, {
      hint: 'Run `npm run build`.',
      cause,
    });
  }
}
