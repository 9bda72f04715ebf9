/**
 * Kernel modules that packages compile when they are configured (dkms(8)). They are built for every kernel whose headers
 * are there; the lock sees to it that those are the headers of the image's own kernel.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KernelPackage } from '../../../src/stages/kernel-package.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { releaseOf } from './kernel-stand-in.ts';

const settings = '/etc/dkms/framework.conf.d/ldf.conf';
const tree = '/var/lib/dkms';

/** Lines of a build's log that go into the failure. */
const keptLines = 20;

/**
 * Run before packages are configured. Without this, a key to sign modules with would be made here, and every machine would
 * have the same; dkms makes one in the running system when it builds a module there.
 */
export async function prepareModules(root: RootFs): Promise<void> {
  if (await root.exists('/usr/sbin/dkms')) await root.write(settings, 'sign_file=/nonexistent\n');
}

/**
 * Run when all packages are configured: makes sure that each module was built for the kernel, and removes what the making
 * leaves. @throws StageFailure `packages.module-not-built`
 */
export async function checkModules(root: RootFs, kernel: KernelPackage | undefined): Promise<void> {
  if (!(await root.exists('/usr/sbin/dkms'))) return;
  await root.remove(settings);
  const lines: string[] = [];
  await root.run('dkms', ['status'], { onLine: (line) => lines.push(line) });
  const release = kernel && releaseOf(kernel);
  const missing = unbuilt(lines, release ?? '');
  if (missing.length > 0) throw notBuilt(missing, release);
  for (const log of await findLogs(root)) await root.remove(log);
  // depmod(8) has the last word when the image is made: only then are all modules in one place.
  const folder = release && `/usr/lib/modules/${release}`;
  for (const name of folder ? await entries(root, folder) : [])
    if (name.startsWith('modules.')) await root.remove(`${folder}/${name}`);
}

/** Modules that `dkms status` names without saying that they are installed for the kernel `release`. */
export function unbuilt(status: readonly string[], release: string): string[] {
  const parsed = status.flatMap((line) => {
    const [, module, kernel, state] = /^([^,:]+?)(?:, ([^,]+), [^:]+)?: (\w+)/.exec(line) ?? [];
    return module ? [{ module, installed: kernel === release && state === 'installed' }] : [];
  });
  const built = new Set(parsed.filter(({ installed }) => installed).map(({ module }) => module));
  return [...new Set(parsed.map(({ module }) => module))].filter((module) => !built.has(module)).sort();
}

function notBuilt(modules: readonly string[], release: string | undefined): StageFailure {
  const which = release === undefined ? 'the kernel' : `kernel ${release}`;
  return new StageFailure({
    code: 'packages.module-not-built',
    message: `${modules.join(', ')} was not built for ${which}.`,
    hint: 'Its dkms.conf may leave this kernel out (BUILD_EXCLUSIVE_*, AUTOINSTALL): choose another kernel, or leave the package out.',
    details: modules.map((name) => ({
      pointer: '/userland/packages',
      value: JSON.stringify(name),
      message: `${name} was not built for ${which}.`,
    })),
  });
}

/** The last lines of every module's log: what a build that failed says no more than the path of. */
export async function moduleLogs(root: RootFs): Promise<string[]> {
  const texts = await Promise.all(
    (await findLogs(root)).map(async (path) => {
      const real = await root.follow(path);
      return real ? (await readFile(real, 'utf8')).trimEnd().split('\n').slice(-keptLines) : [];
    }),
  );
  return texts.flat();
}

async function findLogs(root: RootFs): Promise<string[]> {
  const real = await root.follow(tree);
  if (!real) return [];
  const names = await readdir(real, { recursive: true });
  return names
    .filter((name) => /(^|\/)make\.log$/.test(name))
    .sort()
    .map((name) => join(tree, name));
}

async function entries(root: RootFs, folder: string): Promise<string[]> {
  const real = await root.follow(folder);
  return real ? readdir(real) : [];
}
