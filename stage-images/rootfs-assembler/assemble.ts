/**
 * assemble: a root file system from the base and the other locked packages, offline, as one deterministic tar. How they are installed the chosen
 * userland knows, which services start the chosen init system; this file gives the order.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initSystems } from '../../parts/inits/index.ts';
import { makePart } from '../../parts/part.ts';
import { RootFs } from '../../parts/root-fs/root-fs.ts';
import { Steps } from '../../parts/steps.ts';
import { userlands } from '../../parts/userlands/index.ts';
import { installedAt } from '../../parts/userlands/userland.ts';
import type { AssembleParams } from '../../src/stages/assemble/contract.ts';
import type { StageContext } from '../contract/program.ts';
import { takeUpBase } from './base.ts';
import { requireCapabilities } from './capabilities.ts';
import { earlyFiles, finishFiles, writeFiles } from './files.ts';
import { packRootfs } from './pack.ts';
import { addUsers } from './users.ts';

const rootfsTar = 'rootfs.tar';
const packagesFile = 'packages.json';
/** The share that has passed when there is only the tar left to write. */
const finishedAt = 0.94;

export async function assemble(context: StageContext<AssembleParams>) {
  const { arch, params, out, work, sources, log } = context;
  const userland = makePart('userland', userlands, params.userland);
  const init = makePart('init system', initSystems, params.init);
  await requireCapabilities();
  const root = new RootFs(join(work, 'root'), params.sourceDate, log);
  const steps = new Steps(context.progress);
  await mkdir(root.path, { recursive: true });

  const base = await takeUpBase(context, root);
  const early = earlyFiles(params.files);
  const paths = (files: AssembleParams['files']) => files.map(({ path }) => path);
  const store = join(sources, 'sha256');
  const installing = { params, arch, work, store, steps, writeFiles: () => writeFiles(root, early) };
  const { packages, varying } = await userland.install(root, installing, base);
  steps.from(installedAt, finishedAt)(0, 'users, files and services');
  await init.require(root);
  await userland.writeSystem(root, params);
  await writeFiles(root, early);
  await userland.takeEffect(root, paths(early), params);
  await addUsers(root, params.users, userland.accounts);
  await finishFiles(root, params.files);
  await init.setServices(root, params.services);
  await init.prepareFirstBoot(root, { entries: userland.firstBootEntries(params), given: paths(params.files) });
  await userland.clean(root);
  const { contentBytes, files } = await packRootfs(root, join(out, rootfsTar), steps.from(finishedAt, 1));
  await writeFile(join(out, packagesFile), JSON.stringify(packages));
  for (const path of [rootfsTar, packagesFile]) context.output(path);
  const outputs = { rootfs: rootfsTar, packages: packagesFile };
  return { ...outputs, contentBytes, files, ...(varying.length > 0 ? { varying } : {}) };
}
