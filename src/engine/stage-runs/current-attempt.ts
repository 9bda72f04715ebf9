/** Which attempt at a stage is resumed: the newest, unless that is over without a result that still holds. */
import { LdfError } from '../../errors.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import { attemptNames, ownerOf } from '../core/attempt-names.ts';
import type { BuildWork } from '../core/build-work.ts';
import { toFailure } from '../core/failure.ts';
import { stageIsDone, stageWentWrong } from '../core/states.ts';
import { earlierCaches } from './kept-caches.ts';
import { clearRun, startRun } from './run-attempt.ts';
import type { StageTask } from './run-stage.ts';
import type { Exited } from './supervise.ts';

/** The newest attempt; a new one when that is over without a result that still holds. */
export async function currentAttempt<Outcome>(work: BuildWork, task: StageTask<Outcome>): Promise<StageRunRecord> {
  const run = work.attempts.of(task.stage.name);
  const sameKey = run.key === (task.recorded?.request.key ?? null);
  if (run.state === 'pending') return run;
  if (run.state === 'running') return sameKey && (await isTakenUp(work, task, run)) ? run : replace(work, run, sameKey);
  if (!stageWentWrong(run.state) && sameKey && (await task.find()).cached) return run;
  return addAttempt(work, run);
}

/** Whether the attempt of a process that died continues; it is started when it had only been recorded or made. */
async function isTakenUp<Outcome>(work: BuildWork, task: StageTask<Outcome>, run: StageRunRecord): Promise<boolean> {
  const { engine, recorder } = work;
  const state = await engine.runtime.inspect(attemptNames(engine.installation, ownerOf(run)).container);
  if (state?.state === 'exited') return !wasKilled(state);
  if (state?.state === 'running') return true;
  if (!state) {
    if (recorder.journal.history.attempt(run.stage, run.attempt).heard || (await task.find()).cached) return false;
    await clearRun(work, run);
  }
  if (task.recorded) {
    // Begun from nothing, it continues so: its result was to be for everybody.
    const caches = run.warm ? await earlierCaches(work, task) : [];
    await startRun(work, task.stage, run, task.recorded.request, { layers: task.layers, caches });
  }
  return true;
}

/** Ended by a signal while nobody watched: with the container engine, or with the machine. */
function wasKilled({ exitCode, outOfMemory }: Exited): boolean {
  return exitCode > 128 && !outOfMemory;
}

/** Ends an attempt that cannot continue and makes the next one. @throws LdfError when that happened too often. */
async function replace(work: BuildWork, run: StageRunRecord, lost: boolean): Promise<StageRunRecord> {
  const { engine, attempts, recorder } = work;
  const endedAt = engine.clock.now();
  const error = new LdfError('stage.vanished', `The container of attempt ${run.attempt} at ${run.stage} was lost.`, {
    hint: 'It was removed, or ended together with the container engine; check that it is stable.',
  });
  const lostBefore = attempts.all.filter((other) => other.stage === run.stage && other.error?.code === error.code);
  if (lost && lostBefore.length >= engine.config.lostContainers) throw error;
  if (lost) await attempts.change(recorder, run, 'failed', { endedAt, error: toFailure(error, run.stage) });
  // Planned for other stage images than there are today.
  else await attempts.change(recorder, run, 'cancelled', { endedAt });
  await clearRun(work, run);
  return addAttempt(work, run);
}

async function addAttempt({ attempts, recorder, build }: BuildWork, before: StageRunRecord): Promise<StageRunRecord> {
  const run = await attempts.add(before.stage, before.forced && !stageIsDone(before.state));
  await recorder.catchUp(build, [run]);
  return run;
}
