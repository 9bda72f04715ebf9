/**
 * Runs one build from wherever it stands to its end. There is one way for a new build, a retried one and one that another
 * process left: everything is read from the database, what is done is left alone, and the rest is done.
 */
import type { Plan, PlannedStage } from '../../plan/types.ts';
import type { StageName } from '../../stages/names.ts';
import { stageNamed, stagesOf } from '../../stages/registry.ts';
import type { BuildRecord } from '../../store/builds.ts';
import { layerKey } from '../core/attempt-names.ts';
import { Attempts } from '../core/attempts.ts';
import { BuildEnding, type BuildWork } from '../core/build-work.ts';
import { sleep } from '../core/clock.ts';
import type { Engine } from '../core/dependencies.ts';
import { Suspended, shouldResume, toFailure } from '../core/failure.ts';
import { keyLease, keyLeaseMs, spanFromNow } from '../core/leases.ts';
import { imagesOf, planStoredBuild } from '../core/plan-build.ts';
import { Recorder } from '../core/recorder.ts';
import { makeRoom } from '../gc/room.ts';
import type { FoundLayer } from '../results/layer.ts';
import { lockTask } from '../results/lock.ts';
import { stageTask } from '../results/strategies.ts';
import { runStage } from '../stage-runs/run-stage.ts';
import { requireComparable } from '../verification/comparable.ts';
import { finishBuild } from './finish-build.ts';
import { dropSignatures } from './sign-artifacts.ts';

/**
 * The caller holds the build's lease. `cancelled` is a shorter way than the database for a cancellation.
 * @throws Suspended when the build is to be taken up again; everything else ends it.
 */
export async function runBuild(
  engine: Engine,
  build: BuildRecord,
  leaseLost: AbortSignal,
  cancelled: AbortSignal,
): Promise<void> {
  const ending = new BuildEnding();
  const over = new AbortController();
  const watching = watchCancellation(engine, build.id, ending, AbortSignal.any([over.signal, leaseLost]));
  const cancel = () => ending.cancel();
  cancelled.addEventListener('abort', cancel);
  if (cancelled.aborted) cancel();
  try {
    await engine.journals.with(build.id, async (journal) => {
      const recorder = new Recorder(journal, engine);
      const attempts = await Attempts.load(engine.store, build.id, stageNamesOf(build));
      await holdKeys(engine, build, attempts);
      await recorder.catchUp(build, attempts.all);
      const ended = await runToEnd({ engine, recorder, attempts, ending, leaseLost }, build);
      await finishBuild({ engine, recorder, attempts, ending, leaseLost }, ended);
    });
  } finally {
    cancelled.removeEventListener('abort', cancel);
    over.abort();
    await watching;
  }
}

/** What a dead process was making for this build is not to be made by others before its stages are come to. */
async function holdKeys({ store, clock, config }: Engine, build: BuildRecord, attempts: Attempts): Promise<void> {
  const span = spanFromNow({ clock }, keyLeaseMs(config));
  for (const { state, key } of attempts.newest)
    if (state === 'running' && key) await store.acquireLease(keyLease(layerKey(build, key)), build.id, span);
}

/** The names of the stages that a build has, in their order. */
export function stageNamesOf(build: Pick<BuildRecord, 'boot' | 'definition'>): StageName[] {
  return stagesOf(build).map(({ name }) => name);
}

type Running = Omit<BuildWork, 'build' | 'images'>;

/** Does all that is to be done before the end; what goes wrong is the cause of the end. @throws Suspended */
async function runToEnd(running: Running, build: BuildRecord): Promise<BuildRecord> {
  const { engine, recorder, attempts, ending, leaseLost } = running;
  let current = build;
  try {
    if (build.cancelRequestedAt) ending.cancel();
    endLikeBefore(attempts, ending);
    // Without anything to stop, a cancelled build ends even while the container engine is away.
    if (ending.signal.aborted && !attempts.newest.some(({ state }) => state === 'running')) return current;
    const draft = await planStoredBuild(engine, build, build.lock ?? undefined, undefined);
    await attempts.foresee(draft.stages);
    const images = await engine.images.resolve(imagesOf(draft));
    if (build.verifies !== null) await requireComparable(engine, build.verifies, images);
    if (build.state === 'queued') {
      await dropSignatures(running, build);
      current = await recorder.build(build, 'running', { startedAt: engine.clock.now() });
    }
    const abandon = new AbortController();
    await runStages(
      { ...running, build: current, images, leaseLost: AbortSignal.any([leaseLost, abandon.signal]) },
      draft,
      abandon,
    );
    if (leaseLost.aborted) throw new Suspended();
  } catch (error) {
    if (leaseLost.aborted || shouldResume(error)) throw new Suspended();
    const failure = toFailure(error, null);
    if (failure.code === 'internal') engine.logger.error({ err: error, build: build.id }, 'a build broke the engine');
    ending.fail(failure);
  }
  return current;
}

/** A process that died had a failure recorded, and not yet the end of the build with it. A lost container is no such end. */
function endLikeBefore(attempts: Attempts, ending: BuildEnding): void {
  for (const { state, error } of attempts.newest)
    if (state === 'failed' && error && error.code !== 'stage.vanished') ending.fail(error);
}

/** @param draft the plan as far as it is known without the lock */
async function runStages(work: BuildWork, draft: Plan, abandon: AbortController): Promise<void> {
  const { engine, build, images } = work;
  const lock = await runStage(work, lockTask(work, draft));
  if (!lock) return;
  const plan = await planStoredBuild(engine, build, lock.outcome, images);
  await work.attempts.foresee(plan.stages);
  await makeRoomFor(work, plan);
  await runGraph(work, plan, abandon);
}

/** A build that is taken up in the middle has its room. @throws LdfError `storage.full` */
async function makeRoomFor({ engine, build, attempts, ending, leaseLost }: BuildWork, plan: Plan): Promise<void> {
  if (attempts.newest.some(({ state }) => state === 'running')) return;
  const isForced = (stage: StageName) => build.noCache || attempts.of(stage).forced;
  await makeRoom(engine, plan, build.distributionId, isForced, AbortSignal.any([ending.signal, leaseLost]));
}

/** Starts every stage as soon as those it comes after are done, so that independent ones run side by side. */
async function runGraph(work: BuildWork, plan: Plan, abandon: AbortController): Promise<void> {
  const outcomes = new Map<StageName, Promise<FoundLayer | null | undefined>>();
  const start = async (stage: PlannedStage): Promise<FoundLayer | null | undefined> => {
    const before = await Promise.all(stage.after.flatMap((name) => outcomes.get(name) ?? []));
    if (before.includes(undefined)) return undefined;
    const inputs = await Promise.all(stage.inputs.map((name) => outcomes.get(name)));
    const task = stageTask(
      work,
      plan,
      stage,
      inputs.flatMap((layer) => layer ?? []),
    );
    return (await runStage(work, task))?.outcome;
  };
  for (const stage of plan.stages) {
    if (stageNamed(stage.name).result === 'lock') continue;
    const outcome = start(stage);
    // The others are not left to run on without anybody who waits for them.
    outcome.catch((error: unknown) => {
      if (shouldResume(error)) abandon.abort();
      else work.ending.fail(toFailure(error, stage.name));
    });
    outcomes.set(stage.name, outcome);
  }
  const settled = await Promise.allSettled(outcomes.values());
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
}

/** Another process may have been asked to cancel: it can only say so in the database. */
async function watchCancellation(engine: Engine, buildId: string, ending: BuildEnding, until: AbortSignal) {
  while (!until.aborted && !ending.signal.aborted) {
    try {
      if ((await engine.store.getBuild(buildId))?.cancelRequestedAt) ending.cancel();
    } catch (error) {
      engine.logger.error({ err: error, build: buildId }, 'cancellations could not be looked for');
    }
    await sleep(engine.clock, engine.config.pollMs, until);
  }
}
