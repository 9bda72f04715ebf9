/**
 * Brings one stage of a build to its end: finds its result, or takes up or makes an attempt. What differs between stages
 * is in their tasks; what happens between database, journal and container is here.
 */
import { LdfError } from '../../errors.ts';
import { FencedError } from '../../fenced.ts';
import type { PlannedStage } from '../../plan/types.ts';
import type { StageName } from '../../stages/names.ts';
import { stageNamed } from '../../stages/registry.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import { attemptNames, layerKey, ownerOf } from '../core/attempt-names.ts';
import type { BuildWork } from '../core/build-work.ts';
import type { Decision } from '../core/decision.ts';
import { stageImage } from '../core/dependencies.ts';
import { Stopped, Suspended, shouldResume, toFailure } from '../core/failure.ts';
import { keyLease, keyLeaseMs, Lease, sourcesLease } from '../core/leases.ts';
import type { RecordedRequest } from '../core/recorded-request.ts';
import { stageIsDone } from '../core/states.ts';
import { currentAttempt } from './current-attempt.ts';
import { earlierCaches, keepCaches } from './kept-caches.ts';
import { clearRun, startRun, watchAttempt } from './run-attempt.ts';
import { takeSlot } from './slots.ts';
import { StageLog } from './stage-log.ts';
import type { GoodResult } from './stage-result.ts';

/** One stage of one build, ready to be run. `Outcome` is what the stages after it need to know. */
export interface StageTask<Outcome> {
  stage: PlannedStage;
  /** The request and what else is in the key; null for a stage that has nothing to ask for. */
  recorded: RecordedRequest | null;
  /** What the stage's kept caches depend on; a task without one has none. */
  cacheKey?: string;
  /** Volumes of the layers that the stage reads. */
  layers: Readonly<Record<StageName, string>>;
  /** Whether the result is there, whatever is forced. */
  find(): Promise<Decision<Outcome>>;
  /** Whether an attempt has to be made, and why. */
  decide(run: StageRunRecord): Promise<Decision<Outcome>>;
  /** Makes a result of an attempt the outcome of the stage; `remark` is added to the reason. May be repeated. */
  commit(run: StageRunRecord, result: GoodResult): Promise<{ outcome: Outcome; remark?: string }>;
  /** What else is done with an outcome, new or found, before the stage is done. May be repeated. */
  publish?(outcome: Outcome): Promise<void>;
  /** Keeps what a failed attempt left that is worth keeping. */
  salvage?(run: StageRunRecord, error: LdfError): Promise<void>;
}

type Found<Outcome> = { outcome: Outcome } | undefined;

/**
 * Gives the outcome of a stage; undefined when the build is to end before the stage is done.
 * @throws Suspended when somebody else is to continue.
 */
export async function runStage<Outcome>(work: BuildWork, task: StageTask<Outcome>): Promise<Found<Outcome>> {
  try {
    const run = await currentAttempt(work, task);
    if (stageIsDone(run.state)) return found(await task.find());
    if (run.state === 'running') return await watchAgain(work, task, run);
    if (work.ending.signal.aborted) return undefined;
    const decided = await useCache(work, task, run);
    return 'outcome' in decided ? decided : await makeOrAwait(work, task, run, decided);
  } catch (error) {
    if (suspends(work, error)) throw new Suspended();
    await endBadly(work, task, error);
    return undefined;
  }
}

function found<Outcome>(decision: Decision<Outcome>): Found<Outcome> {
  return decision.cached ? { outcome: decision.found } : undefined;
}

type ToDo = Extract<Decision<never>, { cached: false }>;

/** Ends a stage whose result is there already; else gives what was decided. */
async function useCache<Outcome>(
  work: BuildWork,
  task: StageTask<Outcome>,
  run: StageRunRecord,
): Promise<{ outcome: Outcome } | ToDo> {
  const decision = await task.decide(run);
  if (!decision.cached) return decision;
  await task.publish?.(decision.found);
  const now = work.engine.clock.now();
  const { reason } = decision;
  const key = task.recorded?.request.key ?? null;
  const change = { key, reason, request: task.recorded, progress: 1, startedAt: now, endedAt: now };
  await work.attempts.change(work.recorder, run, 'cached', change);
  return { outcome: decision.found };
}

/** Makes an attempt, once nobody else makes the same thing and there is a place for it. */
async function makeOrAwait<Outcome>(
  work: BuildWork,
  task: StageTask<Outcome>,
  run: StageRunRecord,
  toDo: ToDo,
): Promise<Found<Outcome>> {
  const { engine, build, ending, leaseLost } = work;
  const until = AbortSignal.any([ending.signal, leaseLost]);
  const key = task.recorded?.request.key ?? null;
  const name = leaseOf(task.stage.name, key && layerKey(build, key));
  let leave: (() => void) | undefined;
  try {
    const lease = name && (await Lease.wait(engine, name, build.id, until, keyLeaseMs(engine.config)));
    return await holding(work, lease || undefined, async () => {
      const decided = name ? await useCache(work, task, run) : toDo;
      if ('outcome' in decided) return decided;
      if (stageNamed(task.stage.name).traits.heavy) leave = await takeSlot(engine.slots, until);
      return make(work, task, run, decided);
    });
  } catch (error) {
    // Nothing was begun: the attempt stays pending, and the end of the build says what becomes of it.
    if (until.aborted && work.attempts.of(task.stage.name).state === 'pending') return undefined;
    throw error;
  } finally {
    leave?.();
  }
}

/** What may be made by one at a time: a layer, and the contents of the source store. */
function leaseOf(stage: StageName, key: string | null): string | undefined {
  if (stageNamed(stage).traits.sources === 'write') return sourcesLease;
  return key === null ? undefined : keyLease(key);
}

/** A container that is left runs on, so the lease of what it makes is not given up. */
async function holding<Result>(work: BuildWork, lease: Lease | undefined, act: () => Promise<Result>): Promise<Result> {
  try {
    const result = await act();
    await lease?.release();
    return result;
  } catch (error) {
    await (suspends(work, error) ? lease?.abandon() : lease?.release());
    throw error;
  }
}

function suspends({ leaseLost }: BuildWork, error: unknown): boolean {
  return leaseLost.aborted || shouldResume(error);
}

async function make<Outcome>(work: BuildWork, task: StageTask<Outcome>, pending: StageRunRecord, toDo: ToDo) {
  const { engine, attempts, recorder } = work;
  const { recorded } = task;
  if (!recorded) throw new Error(`stage ${task.stage.name} has nothing to ask for, and no result`);
  const why = await toDo.why();
  const { key } = recorded.request;
  const caches = await earlierCaches(work, task);
  const warm = caches.length > 0;
  const started = { startedAt: engine.clock.now(), startedUptimeMs: engine.clock.uptimeMs() };
  const run = await attempts.change(recorder, pending, 'running', { key, ...why, request: recorded, warm, ...started });
  await startRun(work, task.stage, run, recorded.request, { layers: task.layers, caches });
  return watch(work, task, run);
}

/** Goes on with the attempt of a process that died. The lease of its key is its build's, unless it ran out meanwhile. */
async function watchAgain<Outcome>(work: BuildWork, task: StageTask<Outcome>, run: StageRunRecord) {
  const { engine, build } = work;
  const name = leaseOf(run.stage, run.key && layerKey(build, run.key));
  const lease = name ? await Lease.take(engine, name, build.id, keyLeaseMs(engine.config)) : undefined;
  return holding(work, lease, () => watch(work, task, run));
}

/** Watches an attempt that runs or has ended, and takes its result over. */
async function watch<Outcome>(work: BuildWork, task: StageTask<Outcome>, run: StageRunRecord) {
  const { engine, attempts, recorder, ending, leaseLost } = work;
  const { position, logBytes } = recorder.journal.history.attempt(run.stage, run.attempt);
  const log = new StageLog(recorder.journal, run, engine);
  const result = await watchAttempt(engine, ownerOf(run), {
    startedUptimeMs: run.startedUptimeMs ?? engine.clock.uptimeMs(),
    position,
    logBytes,
    onLines: (lines) => log.take(lines),
    image: stageImage(work.images, task.stage.image),
    timeFactor: work.build.timeFactor,
    stop: ending.signal,
    leaseLost,
  }).finally(() => log.end());
  const { outcome, remark } = await task.commit(run, result);
  await task.publish?.(outcome);
  const reason = remark ? `${run.reason}; ${remark}` : run.reason;
  const endedAt = engine.clock.now();
  await keepCaches(work, task, run);
  await attempts.change(recorder, run, 'succeeded', { reason, endedAt, progress: 1, note: '', exitCode: 0 });
  await clearRun(work, run);
  return { outcome };
}

/** Records how a stage ended, lets the build end with it, and clears its attempt away. @throws what could not be recorded */
async function endBadly<Outcome>(work: BuildWork, task: StageTask<Outcome>, error: unknown): Promise<void> {
  const run = work.attempts.of(task.stage.name);
  try {
    if (error instanceof Stopped)
      await work.attempts.change(work.recorder, run, 'cancelled', { endedAt: work.engine.clock.now() });
    else await recordFailure(work, task, run, error);
  } catch (problem) {
    // What is there is somebody else's by now.
    if (!(problem instanceof FencedError)) await clearRun(work, run);
    throw problem;
  }
  await keepCaches(work, task, run);
  await clearRun(work, run);
}

async function recordFailure<Outcome>(
  work: BuildWork,
  task: StageTask<Outcome>,
  run: StageRunRecord,
  error: unknown,
): Promise<void> {
  const { engine, attempts, recorder, ending } = work;
  const failure = toFailure(error, task.stage.name);
  if (!(error instanceof LdfError)) engine.logger.error({ err: error, ...ownerOf(run) }, 'a stage broke the engine');
  else if (run.state === 'running') await task.salvage?.(run, error);
  const exitCode = await exitCodeOf(work, run);
  await attempts.change(recorder, run, 'failed', { endedAt: engine.clock.now(), error: failure, exitCode });
  ending.fail(failure);
}

async function exitCodeOf({ engine }: BuildWork, run: StageRunRecord): Promise<number | null> {
  const state = await engine.runtime.inspect(attemptNames(engine.installation, ownerOf(run)).container);
  return state?.state === 'exited' ? state.exitCode : null;
}
