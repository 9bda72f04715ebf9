/** A finished kernel as its source has unpacked it: that there is one, and only one. */
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finishedFiles } from '../../parts/sources/source.ts';
import { undefinedIfMissing } from '../../src/missing-file.ts';
import { StageFailure } from '../contract/failure.ts';
import { isRelease } from '../kernel-builder/release.ts';

/**
 * The kernel's release, as `uname -r` will say it. @param filename of the package that it came in
 * @throws StageFailure `kernel.package-invalid` when the folder does not hold one kernel.
 */
export async function releaseIn(folder: string, filename: string): Promise<string> {
  const release = await findRelease(folder);
  if (release === undefined)
    throw new StageFailure({
      code: 'kernel.package-invalid',
      message: `${filename} is not the package of one kernel: it must have vmlinuz, config, System.map and modules of a single release.`,
      hint: 'Correct the package that the kernel component names.',
    });
  return release;
}

async function findRelease(folder: string): Promise<string | undefined> {
  const boot = await readdir(join(folder, 'boot')).catch(undefinedIfMissing);
  const releases = (boot ?? []).flatMap((name) => /^config-(.+)$/.exec(name)?.[1] ?? []);
  const [release] = releases;
  if (release === undefined || releases.length > 1 || !isRelease(release)) return undefined;
  for (const path of Object.values(finishedFiles)) {
    const found = await access(join(folder, path(release))).then(() => true, undefinedIfMissing);
    if (found === undefined) return undefined;
  }
  return release;
}
