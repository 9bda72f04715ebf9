/** A file of the source store, by its hash. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { undefinedIfMissing } from '../../src/missing-file.ts';
import { StageFailure } from '../../stage-images/contract/failure.ts';
import { sha256File } from '../../stage-images/contract/hash.ts';

/**
 * Verifies a file against its hash and gives its path. Nothing has read it before that.
 * @param store the source store: a file for each that the lock names, below `sha256`
 * @throws StageFailure `source.hash-mismatch` when it is not there, or is another.
 */
export async function storedFile(
  { filename, sha256 }: { filename: string; sha256: string },
  store: string,
): Promise<string> {
  const path = join(store, 'sha256', sha256);
  const found = await fingerprint(path);
  if (found !== sha256)
    throw new StageFailure({
      code: 'source.hash-mismatch',
      message: `${filename} in the source store is not what the lock names: expected sha256 ${sha256}, found ${found ?? 'nothing'}.`,
      hint: 'Retry the build from stage download.',
    });
  return path;
}

/** undefined when there is no such file. */
async function fingerprint(path: string): Promise<string | undefined> {
  const entry = await stat(path).catch(undefinedIfMissing);
  return entry && sha256File(path);
}
