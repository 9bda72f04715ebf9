/** Runs the maintainer scripts of what is unpacked. */
import type { Deb } from './debs.ts';
import { dpkg } from './dpkg.ts';
import type { RootFs } from './root-fs.ts';
import { originEnvironment } from './stand-in-proc.ts';
import type { StepProgress } from './steps.ts';

/**
 * Configures everything unpacked; dpkg finds the order.
 * @throws StageFailure `packages.install-failed`. @throws Error when dpkg's own check finds something left undone.
 */
export async function configurePackages(debs: readonly Deb[], root: RootFs, progress: StepProgress): Promise<void> {
  let started = 0;
  const onPackage = (name: string) => progress(started++ / debs.length, `configuring ${name}`);
  await dpkg(root, ['--configure', '--pending'], onPackage, await originEnvironment(root));
  const left: string[] = [];
  await root.run('dpkg', ['--audit'], { onLine: (line) => left.push(line) });
  if (left.length > 0) throw new Error(['dpkg --audit is not content:', ...left].join('\n'));
}

/** Configures the named packages alone. @throws StageFailure `packages.install-failed`. */
export async function configureNamed(root: RootFs, names: readonly string[]): Promise<void> {
  await dpkg(root, ['--configure', ...names], () => undefined, await originEnvironment(root));
}
