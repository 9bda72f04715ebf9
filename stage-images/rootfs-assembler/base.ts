/** base: what components ask for, installed as the tree that assemble goes on from, offline, as one deterministic tar. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makePart } from '../../parts/part.ts';
import { RootFs } from '../../parts/root-fs/root-fs.ts';
import { Steps } from '../../parts/steps.ts';
import { userlands } from '../../parts/userlands/index.ts';
import { type BaseData, type BaseParams, baseLayer } from '../../src/stages/base/contract.ts';
import type { StageContext } from '../contract/program.ts';
import { runTool } from '../contract/tool.ts';
import { requireCapabilities } from './capabilities.ts';
import { earlyFiles, writeFiles } from './files.ts';
import { packRootfs, xattrsKept } from './pack.ts';

const baseTar = 'base.tar';
/** The share that has passed when there is only the tar left to write. */
const finishedAt = 0.94;

export async function base(context: StageContext<BaseParams>): Promise<BaseData> {
  const { arch, params, out, work, sources, log } = context;
  if (params.packages.length === 0) {
    log('no packages are set apart as a base');
    return { root: null, packages: 0, written: [] };
  }
  const userland = makePart('userland', userlands, params.userland);
  if (!userland.installBase) throw new Error(`the userland ${params.userland.use} cannot install a base`);
  await requireCapabilities();
  const root = new RootFs(join(work, 'root'), params.sourceDate, log);
  const steps = new Steps(context.progress);
  await mkdir(root.path, { recursive: true });
  const written = await userland.installBase(root, {
    ...{ params, arch, work, store: join(sources, 'sha256'), steps },
    writeFiles: () => writeFiles(root, earlyFiles(params.files)),
  });
  await packRootfs(root, join(out, baseTar), steps.from(finishedAt, 1));
  context.output(baseTar);
  return { root: baseTar, packages: params.packages.length, written };
}

/** Unpacks what base has left into the root, if anything. @throws StageFailure `layer.damaged` */
export async function takeUpBase(context: StageContext<unknown>, root: RootFs): Promise<BaseData> {
  const data = await context.inputData(baseLayer, ({ root: tar }) => (tar === null ? [] : [tar]));
  if (data.root === null) return data;
  const tar = join(context.input(baseLayer.stage), data.root);
  context.progress(0, 'unpacking the base');
  const args = ['--extract', '--preserve-permissions', '--same-owner', '--numeric-owner', ...xattrsKept];
  await Promise.all([
    context.verifyInput(tar),
    runTool('tar', [...args, `--file=${tar}`, `--directory=${root.path}`], { onLine: root.log }),
  ]);
  return data;
}
