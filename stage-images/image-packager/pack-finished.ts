/** compile, of a kernel that is finished: nothing is compiled; its files become the outputs of a kernel that was. */

import { copyFile, cp, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finishedDeviceTree, finishedFiles } from '../../parts/sources/source.ts';
import { undefinedIfMissing } from '../../src/missing-file.ts';
import type { CompileFinishedParams } from '../../src/stages/compile/contract.ts';
import type { CompileData } from '../../src/stages/compile/data.ts';
import { prepareContract } from '../../src/stages/prepare/contract.ts';
import type { StageContext } from '../contract/program.ts';
import { placeDeviceTrees, requireKnown } from '../kernel-builder/device-trees.ts';
import { moduleFolder, moduleRoot, packModules } from '../kernel-builder/pack-modules.ts';

export async function packFinished(context: StageContext<CompileFinishedParams>): Promise<CompileData> {
  const { params, out, progress } = context;
  progress(0, 'verifying the packaged kernel');
  const { release } = await context.inputData(prepareContract);
  const kernel = join(context.input('prepare'), 'kernel');

  await copyFile(join(kernel, finishedFiles.image(release)), join(out, 'vmlinuz'));
  await copyFile(join(kernel, finishedFiles.config(release)), join(out, 'config'));
  await copyFile(join(kernel, finishedFiles.symbols(release)), join(out, 'System.map'));
  progress(0.2, 'packing the modules; nothing is to be compiled');
  const root = await moduleRoot(context.work);
  const modules = join(root, finishedFiles.modules(release));
  await mkdir(dirname(modules), { recursive: true });
  await cp(join(kernel, finishedFiles.modules(release)), modules, { recursive: true });
  await takeDeviceTrees(context, { kernel, release, folder: moduleFolder(root, release) });
  await packModules({ root, release, archive: join(out, 'modules.tar'), date: params.sourceDate });
  for (const path of ['vmlinuz', 'config', 'System.map', 'modules.tar']) context.output(path);
  progress(1, release);
  return { release, image: 'vmlinuz', modules: 'modules.tar' };
}

/** @throws StageFailure `kernel.device-tree-unknown` */
async function takeDeviceTrees(
  { params: { deviceTrees = [] }, arch }: StageContext<CompileFinishedParams>,
  { kernel, release, folder }: { kernel: string; release: string; folder: string },
): Promise<void> {
  if (deviceTrees.length === 0) return;
  const known = await readdir(join(kernel, finishedDeviceTree(release, '')), { recursive: true }).catch(
    undefinedIfMissing,
  );
  requireKnown(deviceTrees, new Set((known ?? []).filter((path) => path.endsWith('.dtb'))), arch);
  await placeDeviceTrees(deviceTrees, (name) => join(kernel, finishedDeviceTree(release, name)), folder);
}
