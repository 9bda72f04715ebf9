/** The end of a verification: what it made is compared with what the build made, and the verdict is kept with the build. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import type { Failure } from '../../model/problem.ts';
import type { FirstDifference, RebuiltArtifact, Reproducibility } from '../../model/reproducibility.ts';
import { findStage, stageNamed } from '../../stages/registry.ts';
import { leavesLayer } from '../../stages/stage.ts';
import type { ArtifactRecord } from '../../store/artifacts.ts';
import type { BuildRecord } from '../../store/builds.ts';
import type { LayerRecord } from '../../store/layers.ts';
import { layerKey, layerKeys, verificationOfLayer } from '../core/attempt-names.ts';
import { newestAttempts } from '../core/attempts.ts';
import { type BuildWork, cancelled } from '../core/build-work.ts';
import { type Engine, stageImage } from '../core/dependencies.ts';
import { Suspended } from '../core/failure.ts';
import { differentOutputs } from '../results/layer.ts';
import { firstDifferentByte as firstByte, firstDifferentMember, readRegular } from './first-difference.ts';

type Judge = Pick<BuildWork, 'engine' | 'leaseLost'>;

/**
 * What a build ends with, given what its stages ended with (undefined: well). Of a verification the verdict is recorded;
 * bytes that differ are a failure of its own. May be repeated.
 * @throws Suspended
 */
export async function judge(
  work: Judge,
  build: BuildRecord,
  failure: Failure | undefined,
): Promise<Failure | undefined> {
  if (build.verifies === null || failure === cancelled) return failure;
  const { store, clock } = work.engine;
  const verdict = failure ? { artifacts: [], firstDifference: null } : await compare(work, build, build.verifies);
  const state = failure ? 'failed' : verdict.artifacts.every(({ same }) => same) ? 'same' : 'different';
  const reproducible = { ...verdict, state, at: clock.now().toISOString(), by: build.id } satisfies Reproducibility;
  // A build that was retried or removed meanwhile is not the one that was compared.
  const kept = await store.changeBuild(build.verifies, ['succeeded'], { reproducible });
  if (failure) return failure;
  if (!kept) return goneMeanwhile(build.verifies);
  return state === 'same' ? undefined : notReproducible(build.verifies, reproducible);
}

/** Removes what a verification kept for its own stages. It does not throw: what stays is removed at the next start. */
export async function removeOwnLayers({ store, runtime, logger }: Engine, build: BuildRecord): Promise<void> {
  if (build.verifies === null) return;
  try {
    for (const { key, volume } of await store.listLayers()) {
      if (verificationOfLayer(key) !== build.id) continue;
      await store.removeLayer(key);
      await runtime.removeVolume(volume);
    }
  } catch (error) {
    logger.warn({ err: error, build: build.id }, 'the layers of a verification could not be removed');
  }
}

async function compare(
  work: Judge,
  build: BuildRecord,
  subjectId: string,
): Promise<Pick<Reproducibility, 'artifacts' | 'firstDifference'>> {
  const all = (await work.engine.store.listArtifacts([subjectId, build.id])).filter(
    // No two boots leave the same to look at, and a verification signs nothing.
    ({ kind }) => kind !== 'recording' && kind !== 'signature',
  );
  const find = (buildId: string, name: string) => all.find((made) => made.buildId === buildId && made.name === name);
  const artifacts: RebuiltArtifact[] = [];
  for (const name of [...new Set(all.map((made) => made.name))].sort())
    artifacts.push(await compareArtifact(work, name, find(subjectId, name), find(build.id, name)));
  return { artifacts, firstDifference: await findFirstDifference(work, build, subjectId) };
}

async function compareArtifact(
  work: Judge,
  name: string,
  before: ArtifactRecord | undefined,
  again: ArtifactRecord | undefined,
): Promise<RebuiltArtifact> {
  const { artifacts } = work.engine;
  const same = before !== undefined && before.sha256 === again?.sha256;
  const findByte = async () => {
    if (same || !before || !again) return null;
    const [one, other] = [await artifacts.read(before.sha256), await artifacts.read(again.sha256)];
    for (const stream of [one, other]) addAbortSignal(work.leaseLost, stream);
    return (await firstByte(one, other)) ?? null;
  };
  const firstDifferentByte = await asFarAsKnown(work, null, findByte);
  return { name, sha256: before?.sha256 ?? null, again: again?.sha256 ?? null, same, firstDifferentByte };
}

/** Stage by stage, in their order: the first output that is not the same. Stages whose layer is gone are passed over. */
async function findFirstDifference(
  work: Judge,
  build: BuildRecord,
  subjectId: string,
): Promise<FirstDifference | null> {
  const { store } = work.engine;
  const subject = await store.getBuild(subjectId);
  for (const { stage, key } of newestAttempts(await store.listStageRuns([build.id]))) {
    const listed = findStage(stage);
    if (!key || !listed || !leavesLayer(listed)) continue;
    const known = await store.findLayers(subject ? layerKeys(subject, key) : [key]);
    const [before, again] = [madeBy(known, subjectId), await store.getLayer(layerKey(build, key))];
    if (!before || !again) continue;
    const [path] = differentOutputs(before.result.outputs, again.result.outputs);
    if (path === undefined) continue;
    const unknown = { stage, path, member: null, how: 'it is not the same' };
    return asFarAsKnown(work, unknown, async () => ({ ...unknown, ...(await lookInto(work, path, before, again)) }));
  }
  return null;
}

/** The layer that a build made itself, where that is one of them: another may have been made since. */
function madeBy(layers: readonly LayerRecord[], buildId: string): LayerRecord | undefined {
  return layers.find(({ volume }) => volume.includes(`-${buildId}-`)) ?? layers[0];
}

async function lookInto(
  work: Judge,
  path: string,
  before: LayerRecord,
  again: LayerRecord,
): Promise<Partial<FirstDifference>> {
  const kinds = [before, again].map(({ result }) => result.outputs.find((output) => output.path === path)?.kind);
  if (kinds.includes(undefined)) return { how: `only the ${kinds[0] ? 'build' : 'verification'} has it` };
  if (kinds.includes('tree')) return { how: 'its paths, modes or sizes are not the same' };
  const { artifacts } = work.engine;
  const owner = verificationOfLayer(again.key) ?? again.volume;
  const folder = await artifacts.staging(owner);
  try {
    const [one, other] = [await copyOf(work, path, before, folder), await copyOf(work, path, again, folder)];
    const found = path.endsWith('.tar') ? await firstDifferentMember(one, other, work.leaseLost) : undefined;
    if (found) return found;
    const [a, b] = [await readRegular(one, work.leaseLost), await readRegular(other, work.leaseLost)];
    const byte = await firstByte(a, b);
    return byte === undefined ? {} : { how: `it differs from byte ${byte} on` };
  } finally {
    await artifacts.clearStaging(owner);
  }
}

/** A file of a layer as a file of this machine. */
async function copyOf({ engine, leaseLost }: Judge, path: string, layer: LayerRecord, folder: string): Promise<string> {
  const { runtime, images } = engine;
  const target = join(folder, layer.volume);
  await mkdir(target);
  const { image: name } = stageNamed(layer.stage);
  const image = stageImage(await images.resolve([name]), name).id;
  await runtime.exportFiles(layer.volume, [path], target, image, leaseLost);
  return join(target, path);
}

/** That two things differ is certain; where they part may not be found out, and is then left open. */
async function asFarAsKnown<Answer>({ engine, leaseLost }: Judge, otherwise: Answer, find: () => Promise<Answer>) {
  try {
    return await find();
  } catch (error) {
    if (leaseLost.aborted) throw new Suspended();
    engine.logger.warn({ err: error }, 'where two outputs part could not be found out');
    return otherwise;
  }
}

function notReproducible(subjectId: string, { artifacts, firstDifference }: Reproducibility): Failure {
  const different = artifacts.filter(({ same }) => !same).map(({ name }) => name);
  const where = firstDifference
    ? ` The first to differ is ${firstDifferenceWords(firstDifference)}.`
    : ' The first stage that differs is not known: the layers of the build no longer exist.';
  return {
    code: 'build.not-reproducible',
    message: `Not the same as in build ${subjectId}: ${different.join(', ')}.${where}`,
    hint: 'Download the artifacts of both builds and compare them, with diffoscope for one.',
    stage: null,
    details: [],
  };
}

function firstDifferenceWords({ stage, path, member, how }: FirstDifference): string {
  return `${member === null ? path : `${member} in ${path}`} of stage ${stage} (${how})`;
}

function goneMeanwhile(subjectId: string): Failure {
  return {
    code: 'state.conflict',
    message: `Build ${subjectId} was removed or built again while it was verified.`,
    hint: 'Verify it again when it has succeeded.',
    stage: null,
    details: [],
  };
}
