/** From locked packages to a root file system in which all of them are configured. Each step is a file of its own; this is their order. */
import { debianNames } from '../../../src/architecture.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { type Installed, type Installing, installedAt } from '../userland.ts';
import { baseSet } from './base-set.ts';
import { configureNamed, configurePackages } from './configure.ts';
import { readDebs } from './debs.ts';
import { checkModules, prepareModules } from './kernel-modules.ts';
import { packageFacts } from './package-facts.ts';
import { generatedLocale, prepareLocaleAndTimezone, writeNames } from './system.ts';
import { extractBase, prepareRoot, unpackPackages } from './unpack.ts';
import { findVaryingFiles } from './varying-files.ts';

/** The shares are what the steps of a hundred packages or so take of the time. */
export async function install(root: RootFs, installing: Installing): Promise<Installed> {
  const { params, arch, work, store, steps, writeFiles } = installing;
  const since = Math.floor(Date.now() / 1000);
  const debs = await readDebs(params.packages, store, root, steps.from(0, 0.12));
  const base = baseSet(debs);
  const rest = debs.filter((deb) => !base.includes(deb));
  const locale = generatedLocale(params);
  await prepareRoot(root, debianNames[arch], params.kernel);
  await extractBase(base, root, steps.from(0.12, 0.26));
  await writeNames(root, params);
  await unpackPackages(base, root, { force: true }, steps.from(0.26, 0.42));
  await configurePackages(base, root, steps.from(0.42, 0.5));
  await unpackPackages(rest, root, { force: false }, steps.from(0.5, 0.62));
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
  return { packages: await packageFacts(root, debs), varying };
}
