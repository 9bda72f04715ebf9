/** Runs the maintainer scripts of what is unpacked. */

import type { RootFs } from '../../root-fs/root-fs.ts';
import type { StepProgress } from '../../steps.ts';
import { dependenciesOf } from './base-set.ts';
import type { Deb } from './debs.ts';
import { dpkg } from './dpkg.ts';
import { moduleLogs } from './kernel-modules.ts';
import { originEnvironment } from './stand-in-proc.ts';

/** Packages that make what others read while they are configured, without depending on it. */
const settledFirst = ['locales', 'locales-all', 'tzdata'];

interface ConfigureOptions {
  /** The locale of the system, which generators take from the environment: initdb(1) does. */
  locale?: string | undefined;
  /** Whether a configuration file that is there already stays. */
  keepConffiles?: boolean;
}

/**
 * Configures everything unpacked: locales and time zones first, then the others in the order that dpkg finds.
 * @throws StageFailure `packages.install-failed`. @throws Error when dpkg's own check finds something left undone.
 */
export async function configurePackages(
  debs: readonly Deb[],
  root: RootFs,
  progress: StepProgress,
  { locale, keepConffiles = false }: ConfigureOptions = {},
): Promise<void> {
  if (debs.length === 0) return;
  let started = 0;
  const onPackage = (name: string) => {
    const activity = { note: `configuring ${name}`, phase: 'configuring packages', item: name };
    progress(started++ / debs.length, activity);
  };
  const first = dependenciesOf(
    debs,
    debs.filter(({ source }) => settledFirst.includes(source.name)),
  ).map(({ source }) => source.name);
  if (first.length > 0) await dpkg(root, ['--configure', ...first], onPackage, { keepConffiles });
  const env = { ...localeEnvironment(locale), ...(await originEnvironment(root)) };
  try {
    await dpkg(root, ['--configure', '--pending'], onPackage, { env, keepConffiles });
  } catch (error) {
    for (const line of await moduleLogs(root)) root.log(line);
    throw error;
  }
  const left: string[] = [];
  await root.run('dpkg', ['--audit'], { onLine: (line) => left.push(line) });
  if (left.length > 0) throw new Error(['dpkg --audit is not content:', ...left].join('\n'));
}

/**
 * Configures the named packages alone, in the same surroundings. @throws StageFailure `packages.install-failed`.
 */
export async function configureNamed(
  root: RootFs,
  names: readonly string[],
  { locale, keepConffiles = false }: ConfigureOptions = {},
): Promise<void> {
  const env = { ...localeEnvironment(locale), ...(await originEnvironment(root)) };
  await dpkg(root, ['--configure', ...names], () => undefined, { env, keepConffiles });
}

/**
 * locale(7): LC_ALL would hide LANG. Messages stay English, because they are read here and go into the log.
 */
export function localeEnvironment(locale: string | undefined): Record<string, string> {
  return locale === undefined ? {} : { LC_ALL: '', LANG: locale, LC_MESSAGES: 'C.UTF-8' };
}
