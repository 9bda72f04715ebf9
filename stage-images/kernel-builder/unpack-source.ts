/** From the Debian package of a kernel source in the source store to the source tree a kernel is built from. */
import { mkdir } from 'node:fs/promises';
import { pipeTools } from '../contract/tool.ts';
import type { PackageFile } from './verified-package.ts';

/**
 * Parts of the source that building a kernel never reads: Documentation but for its Kconfig file and Makefile, which the
 * top level includes.
 */
const unneeded = ['--anchored', '--no-wildcards-match-slash', '--exclude=linux-source-*/Documentation/*/*'];

/**
 * Unpacks the source archive inside the package into `folder`, or only what `members` name (patterns, `*` matching slashes
 * too). `progress` hears the fraction done, at every percent.
 */
export async function unpackSource(
  file: PackageFile,
  folder: string,
  progress: (fraction: number) => void,
  members: readonly string[] = [],
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
        ...(members.length > 0 ? ['--wildcards', ...members] : unneeded),
      ],
    ],
    { onBytes },
  );
}
