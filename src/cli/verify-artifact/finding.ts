/** What the parts of a check say, and how they read the papers. */
import { readFile, stat } from 'node:fs/promises';
import { undefinedIfMissing } from '../../missing-file.ts';
import { fileError } from '../files/file-error.ts';

/** `unproven`: nothing speaks against it, but without a key anybody may have made it. */
export type State = 'good' | 'bad' | 'missing' | 'unproven';

export interface Finding {
  state: State;
  /** What was found, as the rest of a sentence. */
  message: string;
  hint?: string;
}

/** The file itself. */
export interface Content {
  name: string;
  sizeBytes: number;
  sha256: string;
  blake2b: Buffer;
}

/** undefined for a file that is not there, or is too large for what it should be. @throws LdfError `usage` for what cannot be read */
export async function textOf(path: string, mostBytes: number): Promise<string | undefined> {
  try {
    const entry = await stat(path).catch(undefinedIfMissing);
    return entry?.isFile() && entry.size <= mostBytes ? await readFile(path, 'utf8') : undefined;
  } catch (error) {
    throw fileError(error, `${path} cannot be read`);
  }
}
