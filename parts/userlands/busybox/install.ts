/** From locked packages to a root file system around one static program; nothing of it is run. */
import { chmod, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { debianNames } from '../../../src/architecture.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { debFolder, readDebs } from '../debian/debs.ts';
import { packageFacts } from '../debian/package-facts.ts';
import { extractDeb } from '../debian/unpack.ts';
import { type Installed, type Installing, installedAt } from '../userland.ts';
import { writeAccounts } from './accounts.ts';
import { appletsOf } from './applets.ts';
import { writeServices } from './known-packages.ts';
import { writeNames } from './system.ts';

const program = '/usr/bin/busybox';

/** Where a program of that name stands makes no difference to BusyBox, so there is one folder for all. */
const links: readonly (readonly [path: string, target: string])[] = [
  ['/bin', 'usr/bin'],
  ['/lib', 'usr/lib'],
  ['/sbin', 'usr/bin'],
  ['/usr/sbin', 'bin'],
  ['/var/run', '/run'],
];

const folders = [
  '/dev',
  '/etc/rc.d',
  '/home',
  '/mnt',
  '/proc',
  '/run',
  '/sys',
  '/usr/bin',
  '/usr/lib',
  '/var/log',
  '/var/spool',
];

/** Files of packages that no program here reads. Licences stay. */
const leftOut = ['info', 'initramfs-tools', 'lintian', 'locale', 'man', 'doc/*/[!c]*', 'doc/*/c[!o]*'];

export async function install(
  root: RootFs,
  { params, arch, store, steps, writeFiles }: Installing,
): Promise<Installed> {
  await prepareRoot(root, debianNames[arch]);
  const debs = await readDebs(params.packages, store, root, steps.from(0, 0.4));
  const progress = steps.from(0.4, installedAt);
  for (const [index, { path, source }] of debs.entries()) {
    progress(index / debs.length, `unpacking ${source.name}`);
    await extractDeb(
      join(root.path, path),
      root.path,
      leftOut.map((name) => `./usr/share/${name}`),
    );
  }
  await root.remove(debFolder);
  await linkApplets(root);
  await writeAccounts(root);
  await writeNames(root, params);
  await writeServices(root, params.packages);
  await writeFiles();
  return { packages: await packageFacts(root, debs), varying: [] };
}

async function prepareRoot(root: RootFs, architecture: string): Promise<void> {
  await chmod(root.path, 0o755);
  for (const folder of folders) await root.makeFolder(folder);
  const loader = architecture === debianNames.x86_64 ? ([['/lib64', 'usr/lib64']] as const) : [];
  if (loader.length > 0) await root.makeFolder('/usr/lib64');
  for (const [path, target] of [...links, ...loader]) await symlink(target, join(root.path, path));
  await root.makeFolder('/root', 0o700);
  for (const folder of ['/tmp', '/var/tmp']) await root.makeFolder(folder, 0o1777);
}

/** A program that a package has brought under such a name stays. */
async function linkApplets(root: RootFs): Promise<void> {
  for (const name of appletsOf(await readFile(await root.resolve(program))))
    if (!(await root.stat(`/usr/bin/${name}`))) await root.link(`/usr/bin/${name}`, 'busybox');
}

/** Empties what is mounted over at boot. */
export async function clean(root: RootFs): Promise<void> {
  for (const folder of ['/dev', '/proc', '/run', '/sys', '/tmp'])
    for (const name of await readdir(join(root.path, folder)))
      await rm(join(root.path, folder, name), { recursive: true });
}
