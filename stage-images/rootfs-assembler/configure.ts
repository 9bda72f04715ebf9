/** Runs the maintainer scripts of what is unpacked. */
import type { StepProgress } from './assemble.ts';
import type { Deb } from './debs.ts';
import { dpkg } from './dpkg.ts';
import type { RootFs } from './root-fs.ts';
import { originEnvironment } from './stand-in-proc.ts';

/** Configures everything unpacked; dpkg finds the order. @throws StageFailure `packages.install-failed`. */
export async function configurePackages(debs: readonly Deb[], root: RootFs, progress: StepProgress): Promise<void> {
  let started = 0;
  const onPackage = (name: string) => progress(started++ / debs.length, `configuring ${name}`);
  await dpkg(root, ['--configure', '--pending'], onPackage, await originEnvironment(root));
}
