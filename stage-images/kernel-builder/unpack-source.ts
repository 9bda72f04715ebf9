/** From the Debian package of a kernel source in the source store to the source tree a kernel is built from. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LockedPackage } from '../../src/stages/lock.ts';
import { StageFailure, sha256File } from '../contract/program.ts';
import { pipeTools } from '../contract/tool.ts';

/**
 * Finds the one linux-source package and verifies it against the lock. Nothing has read it before that.
 * @returns its path in the store.
 * @throws StageFailure when there is none, or it is not what the lock names.
 */
export async function verifiedPackage(sources: readonly LockedPackage[], store: string): Promise<PackageFile> {
  const [source, ...others] = sources.filter(({ name }) => name.startsWith('linux-source-'));
  if (!source || others.length > 0)
    throw new StageFailure({
      code: 'kernel.source-unclear',
      message: `The lock must name one linux-source package; it names ${source ? others.length + 1 : 'none'}.`,
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
  return { path, filename: source.filename, sizeBytes: source.sizeBytes };
}

export interface PackageFile {
  path: string;
  filename: string;
  sizeBytes: number;
}

/** undefined when there is no such file. */
async function fingerprint(path: string): Promise<string | undefined> {
  const entry = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return entry && sha256File(path);
}

/**
 * Parts of the source that building a kernel never reads: Documentation but for its Kconfig file and Makefile, which the
 * top level includes.
 */
const unneeded = ['--anchored', '--no-wildcards-match-slash', '--exclude=linux-source-*/Documentation/*/*'];

/** Unpacks the source archive inside the package into `folder`. `progress` hears the fraction done, at every percent. */
export async function unpackSource(
  file: PackageFile,
  folder: string,
  progress: (fraction: number) => void,
): Promise<void> {
  await mkdir(folder);
  const member = './usr/src/linux-source-*.tar.xz';
  let reported = 0;
  const onBytes = (bytes: number) => {
    // The package holds little else than the archive.
    const percent = Math.min(100, Math.floor((100 * bytes) / file.sizeBytes));
    if (percent <= reported) return;
    reported = percent;
    progress(percent / 100);
  };
  await pipeTools(
    [
      ['dpkg-deb', '--fsys-tarfile', file.path],
      ['tar', '--extract', '--to-stdout', '--file=-', '--wildcards', member],
      [
        'tar',
        ...['--extract', '--xz', '--file=-', `--directory=${folder}`, '--strip-components=1', '--no-same-owner'],
        ...unneeded,
      ],
    ],
    { onBytes },
  );
}
