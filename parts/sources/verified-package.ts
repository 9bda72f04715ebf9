/** The Debian package that brings the kernel, found in the source store. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { undefinedIfMissing } from '../../src/missing-file.ts';
import type { LockedPackage } from '../../src/stages/locked-package.ts';
import { StageFailure } from '../../stage-images/contract/failure.ts';
import { sha256File } from '../../stage-images/contract/hash.ts';
import type { VerifiedFile } from './source.ts';

/**
 * Finds the one package whose name begins with `prefix` and verifies it against the lock. Nothing has read it before that.
 * @throws StageFailure when there is none, or it is not what the lock names.
 */
export async function verifiedPackage(
  sources: readonly LockedPackage[],
  prefix: 'linux-source-' | 'linux-image-',
  store: string,
): Promise<VerifiedFile> {
  const [source, ...others] = sources.filter(({ name }) => name.startsWith(prefix));
  if (!source || others.length > 0)
    throw new StageFailure({
      code: 'kernel.source-unclear',
      message: `The lock must name one package ${prefix}*; it names ${source ? others.length + 1 : 'none'}.`,
      hint: 'Renew the lock with `ldf lock --update`.',
    });
  const path = join(store, 'sha256', source.sha256);
  const found = await fingerprint(path);
  if (found !== source.sha256)
    throw new StageFailure({
      code: 'source.hash-mismatch',
      message: `${source.filename} in the source store is not what the lock names: expected sha256 ${source.sha256}, found ${found ?? 'nothing'}.`,
      hint: 'Retry the build from stage download.',
    });
  return { path, filename: source.filename, sizeBytes: source.sizeBytes, sha256: source.sha256 };
}

/** undefined when there is no such file. */
async function fingerprint(path: string): Promise<string | undefined> {
  const entry = await stat(path).catch(undefinedIfMissing);
  return entry && sha256File(path);
}
