/**
 * The finished configuration of a kernel, before anything is compiled: the stage that makes it is run outside any build, unless its
 * layer is there. What it makes is a layer like any other, which the next build of the same kernel takes.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LdfError } from '../../errors.ts';
import type { KernelConfigAnswer } from '../../model/queries.ts';
import { answeringGroups } from '../../plan/lock.ts';
import type { Plan, PlannedStage } from '../../plan/types.ts';
import { stagePaths } from '../../stages/contract.ts';
import type { KernelGroup, Lock } from '../../stages/lock.ts';
import { stageThatConfigures, stageWithResult } from '../../stages/registry.ts';
import { ConfiguredResult } from '../../stages/results.ts';
import { type Engine, type StageImages, stageImage } from '../core/dependencies.ts';
import { plannedStage } from '../core/plan-build.ts';
import { recordRequest } from '../core/recorded-request.ts';
import { findLayer } from '../results/layer.ts';
import type { GoodResult } from '../stage-runs/stage-result.ts';
import { fetchKernel } from './kernel-source.ts';
import type { QueryRuns } from './query-runs.ts';

/** Plans with a lock, and with the identities of images once they are known. */
export type PlanWith = (lock: Lock | undefined, images: StageImages | undefined) => Promise<Plan>;

export interface Configuring {
  engine: Engine;
  runs: QueryRuns;
  /** A kernel as resolve wrote it, or as it writes it now. */
  kernelOf(plan: Plan): Promise<KernelGroup>;
  /** Ends it. */
  stop: AbortSignal;
}

/** @throws LdfError `definition.impossible`, `images.missing`, `images.mismatch`, `queue.full`, and what a stage failed with. */
export async function kernelConfiguration(
  { engine, runs, kernelOf, stop }: Configuring,
  planWith: PlanWith,
  lock: Lock | undefined,
): Promise<KernelConfigAnswer> {
  const { name, configuration } = stageThatConfigures();
  const draft = await planWith(lock, undefined);
  const { arch } = draft.definition;
  const needed = [plannedStage(draft, name).image, stageWithResult('sources').image];
  const images = await engine.images.resolve(needed);
  const answered = answeringGroups(draft.wishes, arch, lock);
  const kernel = answered.kernel ?? (await kernelOf(draft));
  const stage = plannedStage(await planWith({ version: 1, arch, kernel }, images), name);
  const { key } = stage;
  if (key === null) throw new Error(`stage ${name} has no key`);

  const answer = (result: GoodResult, content: Buffer | undefined, cached: boolean): KernelConfigAnswer => {
    const listed = result.outputs.find(({ path }) => path === configuration);
    const hash = content && createHash('sha256').update(content).digest('hex');
    if (!content || hash !== listed?.sha256)
      throw new LdfError('stage.result-invalid', `${configuration} of stage ${name} is not what the stage has listed.`);
    const { release, notHeld } = ConfiguredResult.parse(result.data);
    return { version: kernel.version, release, cached, notHeld, config: content.toString('utf8') };
  };
  const layer = await findLayer(engine, [key]);
  if (layer) return answer(layer.result, await readOut(engine, layer.volume, configuration, stage, images, stop), true);
  const patches = answered.patches ?? (await runs.resolvePatches(arch, draft.wishes.patches));
  await fetchKernel(engine, runs, arch, [...kernel.sources, ...patches], images);
  const { request } = recordRequest(stage, arch, images);
  return runs.layer(request, stageImage(images, stage.image), async (result, container) => {
    const path = `${stagePaths.out}/${configuration}`;
    return answer(result, await engine.runtime.readFile(container, path, engine.config.answerBytes), false);
  });
}

/** A file out of a layer. */
async function readOut(
  { runtime, dataDir }: Engine,
  volume: string,
  path: string,
  { image }: PlannedStage,
  images: StageImages,
  stop: AbortSignal,
): Promise<Buffer> {
  const answers = join(dataDir, 'answers');
  await mkdir(answers, { recursive: true });
  const folder = await mkdtemp(join(answers, 'out-'));
  try {
    await runtime.exportFiles(volume, [path], folder, stageImage(images, image).id, stop);
    return await readFile(join(folder, path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
