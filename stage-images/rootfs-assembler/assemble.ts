/**
 * assemble: a root file system from locked packages, offline, as one deterministic tar. Each step is a file of its own;
 * this one gives their order and shares out the progress.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { debianNames, ownArchitecture } from '../../src/architecture.ts';
import type { AssembleParams } from '../../src/stages/assemble/contract.ts';
import { StageFailure } from '../contract/failure.ts';
import type { StageContext } from '../contract/program.ts';
import { baseSet } from './base-set.ts';
import { requireCapabilities } from './capabilities.ts';
import { clean } from './clean.ts';
import { configureNamed, configurePackages } from './configure.ts';
import { readDebs } from './debs.ts';
import { earlyFiles, finishFiles, removeSetAside, writeFiles } from './files.ts';
import { initSystemOf } from './init-system.ts';
import { checkModules, prepareModules } from './kernel-modules.ts';
import { packRootfs } from './pack.ts';
import { RootFs } from './root-fs.ts';
import { Steps } from './steps.ts';
import { generatedLocale, prepareLocaleAndTimezone, writeNames, writeSystem } from './system.ts';
import { takeEffect } from './take-effect.ts';
import { extractBase, prepareRoot, unpackPackages } from './unpack.ts';
import { addUsers } from './users.ts';
import { findVaryingFiles } from './varying-files.ts';

const rootfsTar = 'rootfs.tar';

export async function assemble(context: StageContext<AssembleParams>) {
  const { params, out, work, sources, log } = context;
  refuseForeign(context.arch);
  await requireCapabilities();
  const root = new RootFs(join(work, 'root'), params.sourceDate, log);
  // The shares are what the steps of a hundred packages or so take of the time.
  const steps = new Steps(context.progress);
  await mkdir(root.path, { recursive: true });
  const since = Math.floor(Date.now() / 1000);

  const debs = await readDebs(params.packages, join(sources, 'sha256'), root, steps.from(0, 0.12));
  const base = baseSet(debs);
  const rest = debs.filter((deb) => !base.includes(deb));
  const locale = generatedLocale(params);
  const early = earlyFiles(params.files);
  await prepareRoot(root, debianNames[context.arch], params.kernel);
  await extractBase(base, root, steps.from(0.12, 0.26));
  await writeNames(root, params);
  await unpackPackages(base, root, { force: true }, steps.from(0.26, 0.42));
  await configurePackages(base, root, steps.from(0.42, 0.5));
  await unpackPackages(rest, root, { force: false }, steps.from(0.5, 0.62));
  await prepareLocaleAndTimezone(root, params);
  await writeFiles(root, early);
  await prepareModules(root);
  await configurePackages(rest, root, steps.from(0.62, 0.92), { locale, keepConffiles: true });
  await checkModules(root, params.kernel);

  const varying = await findVaryingFiles(root, params, {
    since,
    work,
    configure: (second, names) => configureNamed(second, names, { locale, keepConffiles: true }),
  });
  steps.from(0.92, 0.94)(0, 'users, files and services');
  const init = await initSystemOf(root);
  await writeSystem(root, params);
  await writeFiles(root, early);
  await removeSetAside(root, early);
  await takeEffect(
    root,
    early.map(({ path }) => path),
    locale,
  );
  await addUsers(root, params.users);
  await finishFiles(root, params.files);
  await init.setServices(root, params.services);
  await init.prepareFirstBoot(root, params);
  await clean(root);
  const { contentBytes, files } = await packRootfs(root, join(out, rootfsTar), steps.from(0.94, 1));
  context.output(rootfsTar);
  return { rootfs: rootfsTar, contentBytes, files, ...(varying.length > 0 ? { varying } : {}) };
}

/** Maintainer scripts are run, so the packages must be for the processor that runs this program. */
function refuseForeign(arch: StageContext<AssembleParams>['arch']): void {
  const native = ownArchitecture();
  if (native !== arch)
    throw new StageFailure({
      code: 'assemble.foreign-architecture',
      message: `A root file system for ${arch} cannot be assembled on ${native ?? process.arch} by this version.`,
      hint: `Build on a machine of architecture ${arch}.`,
    });
}
