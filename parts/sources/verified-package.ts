/** The file that brings the kernel, found in the source store. */
import type { LockedKernelSource } from '../../src/stages/locked-package.ts';
import { StageFailure } from '../../stage-images/contract/failure.ts';
import type { VerifiedFile } from './source.ts';
import { storedFile } from './stored-file.ts';

/**
 * Finds the one Debian package whose name begins with `prefix` and verifies it against the lock. Nothing has read it before that.
 * @throws StageFailure when there is none, or it is not what the lock names.
 */
export function verifiedPackage(
  sources: readonly LockedKernelSource[],
  prefix: 'linux-source-' | 'linux-image-' | 'linux-config-',
  store: string,
): Promise<VerifiedFile> {
  return theOne(
    sources.filter(({ name }) => name.startsWith(prefix)),
    `package ${prefix}*`,
    store,
  );
}

/** The same for the one archive that is in no package. */
export function verifiedArchive(sources: readonly LockedKernelSource[], store: string): Promise<VerifiedFile> {
  return theOne(
    sources.filter(({ arch }) => arch === undefined),
    'archive with the source',
    store,
  );
}

async function theOne(found: readonly LockedKernelSource[], what: string, store: string): Promise<VerifiedFile> {
  const [source] = found;
  if (!source || found.length > 1)
    throw new StageFailure({
      code: 'kernel.source-unclear',
      message: `The lock must name one ${what}; it names ${source ? found.length : 'none'}.`,
      hint: 'Renew the lock with `ldf lock --update`.',
    });
  const { filename, sizeBytes, sha256, version } = source;
  return { path: await storedFile(source, store), filename, sizeBytes, sha256, version };
}
