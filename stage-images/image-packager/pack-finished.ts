/** compile, of a kernel that is finished: nothing is compiled; its files become the outputs of a kernel that was. */

import { copyFile, cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finishedFiles } from '../../parts/sources/source.ts';
import type { CompileFinishedParams } from '../../src/stages/compile/contract.ts';
import type { CompileData } from '../../src/stages/compile/data.ts';
import { prepareContract } from '../../src/stages/prepare/contract.ts';
import type { StageContext } from '../contract/program.ts';
import { moduleRoot, packModules } from '../kernel-builder/pack-modules.ts';

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
  await packModules({ root, release, archive: join(out, 'modules.tar'), date: params.sourceDate });
  for (const path of ['vmlinuz', 'config', 'System.map', 'modules.tar']) context.output(path);
  progress(1, release);
  return { release, image: 'vmlinuz', modules: 'modules.tar' };
}
