/** A finished kernel: from its Debian package to its files, the same for every release of Debian. */
import { access, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StageFailure } from '../contract/failure.ts';
import { pipeTools } from '../contract/tool.ts';
import { isRelease } from './release.ts';
import type { PackageFile } from './verified-package.ts';

/** Where its files are below the folder it was unpacked into. */
export const packagedFiles = {
  image: (release: string) => `boot/vmlinuz-${release}`,
  config: (release: string) => `boot/config-${release}`,
  symbols: (release: string) => `boot/System.map-${release}`,
  modules: (release: string) => `usr/lib/modules/${release}`,
} as const;

/**
 * Unpacks the package into `folder`, which is made, but for its documentation.
 * @returns the kernel's release, as `uname -r` will say it.
 * @throws StageFailure `kernel.package-invalid` when it does not hold one kernel.
 */
export async function unpackPackage(file: PackageFile, folder: string): Promise<string> {
  await mkdir(folder);
  await pipeTools([
    ['dpkg-deb', '--fsys-tarfile', file.path],
    [
      'tar',
      ...['--extract', '--file=-', `--directory=${folder}`, '--no-same-owner', '--exclude=./usr/share'],
      // Packages from before trixie have the modules in /lib, which is /usr/lib on every system of today.
      String.raw`--transform=s,^\./lib/,./usr/lib/,`,
    ],
  ]);
  const release = await findRelease(folder);
  if (release === undefined)
    throw new StageFailure({
      code: 'kernel.package-invalid',
      message: `${file.filename} is not the package of one kernel: it must have vmlinuz, config, System.map and modules of a single release.`,
      hint: 'Correct the package that the kernel component names.',
    });
  return release;
}

async function findRelease(folder: string): Promise<string | undefined> {
  const boot = await readdir(join(folder, 'boot')).catch(absent);
  const releases = (boot ?? []).flatMap((name) => /^config-(.+)$/.exec(name)?.[1] ?? []);
  const [release] = releases;
  if (release === undefined || releases.length > 1 || !isRelease(release)) return undefined;
  for (const path of Object.values(packagedFiles)) {
    const found = await access(join(folder, path(release))).then(() => true, absent);
    if (found === undefined) return undefined;
  }
  return release;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
