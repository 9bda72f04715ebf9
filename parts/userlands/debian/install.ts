/**
 * From locked packages to a root file system in which all of them are configured: into an empty root, or on top of the base. Each
 * step is a file of its own; this is their order.
 */
import { debianNames } from '../../../src/architecture.ts';
import type { AssembleParams } from '../../../src/stages/assemble/contract.ts';
import type { BaseParams, WrittenFile } from '../../../src/stages/base/contract.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { type Installed, type InstalledBase, type Installing, installedAt } from '../userland.ts';
import { baseSet } from './base-set.ts';
import { clean } from './clean.ts';
import { configureNamed, configurePackages } from './configure.ts';
import { type Deb, readDebs } from './debs.ts';
import { ForeignPrograms } from './foreign-programs.ts';
import { checkModules, prepareModules } from './kernel-modules.ts';
import { packageFacts, readInstalled } from './package-facts.ts';
import { generatedLocale, hosts, prepareLocaleAndTimezone, writeNames } from './system.ts';
import { extractBase, prepareConfiguring, prepareKernel, prepareRoot, unpackPackages } from './unpack.ts';
import { findVaryingFiles, writtenSince } from './varying-files.ts';

/** With the programs that stand in for those of another architecture until the root is finished; undefined for this machine's own. */
interface Assembled extends Installed {
  foreign: ForeignPrograms | undefined;
}

/** What packages may ask for while they are configured. */
type Surroundings = Pick<AssembleParams, 'native' | 'kernel' | 'hostname' | 'timezone' | 'locale' | 'files'>;

/** Of the system that nothing is known of yet. */
const neutral = { hostname: 'localhost', timezone: 'UTC', locale: 'C.UTF-8' };

/** What only the definition knows comes later, so that the same base does for any. */
export async function installBase(root: RootFs, installing: Installing<BaseParams>): Promise<WrittenFile[]> {
  const { params, arch, store, steps } = installing;
  const since = now();
  const debs = await readDebs(params.packages, store, root, steps.from(0, 0.12));
  await prepareRoot(root, debianNames[arch]);
  const foreign = await addPackages(root, debs, { ...neutral, ...params }, installing, true);
  const written = await writtenSince(root, since);
  await foreign?.restore();
  await clean(root);
  await forgetContainer(root);
  return written;
}

/** So that packages which read machine-id(5) find one until the system is finished, but always the same. */
const placeholderId = `${'0'.repeat(31)}1\n`;

/** What has told of this run: the name of its container, and a number drawn by lot. */
async function forgetContainer(root: RootFs): Promise<void> {
  await root.write('/etc/hosts', hosts(neutral.hostname));
  for (const path of ['/etc/machine-id', '/var/lib/dbus/machine-id'])
    if ((await root.stat(path))?.isFile()) await root.write(path, placeholderId, 0o444);
}

/** The shares are what the steps of a hundred packages or so take of the time. */
export async function install(root: RootFs, installing: Installing, base: InstalledBase): Promise<Assembled> {
  const { params, arch, work, store, steps } = installing;
  const since = now();
  const debs = await readDebs(params.packages.slice(base.packages), store, root, steps.from(0, 0.12));
  const isEmpty = base.packages === 0;
  if (isEmpty) await prepareRoot(root, debianNames[arch]);
  if (params.kernel) await prepareKernel(root, params.kernel, debianNames[arch]);
  const foreign = await addPackages(root, debs, params, installing, isEmpty);
  await checkModules(root, params.kernel);
  const written = [...base.written, ...(await writtenSince(root, since))];
  const locale = generatedLocale(params);
  const varying = await findVaryingFiles(root, params, written, {
    work,
    configure: (second, names) => configureNamed(second, names, { locale, keepConffiles: true }),
  });
  return { packages: await packageFacts(root, await readInstalled(root, params.packages)), varying, foreign };
}

/** @param isEmpty whether the root has no program yet, so that the files of some packages are needed before they can be unpacked */
async function addPackages(
  root: RootFs,
  debs: readonly Deb[],
  surroundings: Surroundings,
  { arch, work, store, steps, writeFiles }: Installing<unknown>,
  isEmpty: boolean,
): Promise<ForeignPrograms | undefined> {
  const first = baseSet(debs);
  const rest = debs.filter((deb) => !first.includes(deb));
  const locale = generatedLocale(surroundings);
  const options = { arch, native: surroundings.native, store, work };
  const foreign = await ForeignPrograms.open(root, options, steps.from(0.12, 0.16));
  if (isEmpty) await extractBase(first, root, steps.from(foreign ? 0.16 : 0.12, 0.26));
  await prepareConfiguring(root);
  await foreign?.addLibraries();
  await foreign?.standIn();
  await writeNames(root, surroundings);
  const unpackFirst = () => unpackPackages(first, root, { force: true }, steps.from(0.26, 0.42));
  // Files of the packages are there already, with programs that stand in for them.
  if (foreign && isEmpty) await foreign.beside(unpackFirst);
  else await unpackFirst();
  if (!isEmpty && first.length > 0) await foreign?.standIn();
  await configurePackages(first, root, steps.from(0.42, 0.5));
  await unpackPackages(rest, root, { force: false }, steps.from(0.5, 0.62));
  await foreign?.standIn();
  await prepareLocaleAndTimezone(root, surroundings);
  await writeFiles();
  await prepareModules(root);
  await configurePackages(rest, root, steps.from(0.62, installedAt), { locale, keepConffiles: true });
  return foreign;
}

/** Seconds since the epoch. */
const now = () => Math.floor(Date.now() / 1000);
