/** From locked packages to a root file system in which all of them are configured. Each step is a file of its own; this is their order. */
import { debianNames } from '../../../src/architecture.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { type Installed, type Installing, installedAt } from '../userland.ts';
import { baseSet } from './base-set.ts';
import { configureNamed, configurePackages } from './configure.ts';
import { readDebs } from './debs.ts';
import { ForeignPrograms } from './foreign-programs.ts';
import { checkModules, prepareModules } from './kernel-modules.ts';
import { packageFacts } from './package-facts.ts';
import { generatedLocale, prepareLocaleAndTimezone, writeNames } from './system.ts';
import { extractBase, prepareRoot, unpackPackages } from './unpack.ts';
import { findVaryingFiles } from './varying-files.ts';

/** With the programs that stand in for those of another architecture until the root is finished; undefined for this machine's own. */
interface Assembled extends Installed {
  foreign: ForeignPrograms | undefined;
}

/** The shares are what the steps of a hundred packages or so take of the time. */
export async function install(root: RootFs, installing: Installing): Promise<Assembled> {
  const { params, arch, work, store, steps, writeFiles } = installing;
  const since = Math.floor(Date.now() / 1000);
  const debs = await readDebs(params.packages, store, root, steps.from(0, 0.12));
  const base = baseSet(debs);
  const rest = debs.filter((deb) => !base.includes(deb));
  const locale = generatedLocale(params);
  await prepareRoot(root, debianNames[arch], params.kernel);
  const options = { arch, native: params.native, store, work };
  const foreign = await ForeignPrograms.open(root, options, steps.from(0.12, 0.16));
  await extractBase(base, root, steps.from(foreign ? 0.16 : 0.12, 0.26));
  await foreign?.addLibraries();
  await foreign?.standIn();
  await writeNames(root, params);
  const beside = foreign ? foreign.beside.bind(foreign) : (unpack: () => Promise<void>) => unpack();
  await beside(() => unpackPackages(base, root, { force: true }, steps.from(0.26, 0.42)));
  await configurePackages(base, root, steps.from(0.42, 0.5));
  await unpackPackages(rest, root, { force: false }, steps.from(0.5, 0.62));
  await foreign?.standIn();
  await prepareLocaleAndTimezone(root, params);
  await writeFiles();
  await prepareModules(root);
  await configurePackages(rest, root, steps.from(0.62, installedAt), { locale, keepConffiles: true });
  await checkModules(root, params.kernel);
  const varying = await findVaryingFiles(root, params, {
    since,
    work,
    configure: (second, names) => configureNamed(second, names, { locale, keepConffiles: true }),
  });
  return { packages: await packageFacts(root, debs), varying, foreign };
}
