import { LdfError } from '../../errors.ts';
import { finishBuild } from '../builds/finish-build.ts';
import type { BuildQueue } from '../builds/queue.ts';
import { stageNamesOf } from '../builds/run-build.ts';
import { Attempts } from '../core/attempts.ts';
import { BuildEnding } from '../core/build-work.ts';
import { sleep } from '../core/clock.ts';
import type { Engine } from '../core/dependencies.ts';
import { buildLease, Lease, newOwner } from '../core/leases.ts';
import { Recorder } from '../core/recorder.ts';

/**
 * Asks a build to end. One that waits ends here and now; one that runs is ended by the process that runs it.
 * @throws LdfError `not-found`, or `state.conflict` when it has ended.
 */
export async function cancelBuild(engine: Engine, queue: BuildQueue, buildId: string): Promise<void> {
  const { store, clock, config } = engine;
  const asked = await store.changeBuild(buildId, ['queued', 'running'], { cancelRequestedAt: clock.now() });
  if (!asked) {
    const build = await store.getBuild(buildId);
    if (!build) throw new LdfError('not-found', `There is no build ${buildId}.`);
    throw new LdfError('state.conflict', `Build ${buildId} has ended: it is ${build.state}.`);
  }
  if (queue.cancel(buildId)) return;
  const owner = newOwner(engine);
  const patienceUntilMs = clock.uptimeMs() + config.commandPatienceMs;
  for (;;) {
    const lease = await Lease.take(engine, buildLease(buildId), owner);
    if (lease) return await endWaiting(engine, buildId).finally(() => lease.release());
    // Whoever runs it looks for cancellations; a request that is about it is soon done.
    if (clock.uptimeMs() >= patienceUntilMs || (await store.getBuild(buildId))?.state !== 'queued') return;
    await sleep(clock, config.commandPollMs, new AbortController().signal);
  }
}

async function endWaiting(engine: Engine, buildId: string): Promise<void> {
  const build = await engine.store.getBuild(buildId);
  // One that runs, left by a process that died, has containers: the queue takes it up and ends it.
  if (build?.state !== 'queued') return;
  await engine.journals.with(buildId, async (journal) => {
    const recorder = new Recorder(journal, engine);
    const attempts = await Attempts.load(engine.store, buildId, stageNamesOf(build));
    await recorder.catchUp(build, attempts.all);
    const ending = new BuildEnding();
    ending.cancel();
    await finishBuild({ engine, recorder, attempts, ending, leaseLost: new AbortController().signal }, build);
  });
}
