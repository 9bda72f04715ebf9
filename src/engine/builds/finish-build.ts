/** The end of a build: what was not begun is named, and the outcome recorded. */
import type { Failure } from '../../model/problem.ts';
import type { BuildRecord } from '../../store/builds.ts';
import { type BuildWork, cancelled } from '../core/build-work.ts';
import { stageIsDone } from '../core/states.ts';
import { buildVerdict } from '../results/verdicts.ts';
import { clearRun } from '../stage-runs/run-attempt.ts';
import { judge, removeOwnLayers } from '../verification/judge-verification.ts';
import { signArtifacts } from './sign-artifacts.ts';

export async function finishBuild(
  { engine, recorder, attempts, ending, leaseLost }: Omit<BuildWork, 'build' | 'images'>,
  build: BuildRecord,
): Promise<void> {
  const complete = build.state === 'running' && attempts.newest.every(({ state }) => stageIsDone(state));
  // Cancelled when there was nothing left to do: it has succeeded.
  const judged = await judge({ engine, leaseLost }, build, complete ? undefined : (ending.cause ?? unexplained));
  const cause = judged ?? (await signArtifacts({ engine, leaseLost }, build));
  const endedAt = engine.clock.now();
  for (const run of attempts.newest) {
    if (run.state === 'pending')
      await attempts.change(recorder, run, ending.cancelled ? 'cancelled' : 'skipped', { endedAt });
    if (run.state !== 'running') continue;
    // Nobody came to it before the build had to end; its container must not outlive the build.
    if (ending.cancelled) await attempts.change(recorder, run, 'cancelled', { endedAt });
    else await attempts.change(recorder, run, 'failed', { endedAt, error: cause ?? unexplained });
    await clearRun({ engine, build }, run);
  }
  // A process that died while it fetched artifacts left them there.
  await engine.artifacts.clearStaging(build.id);
  const verdict = await buildVerdict(engine, build.id);
  const outcome = cause === undefined ? 'succeeded' : cause === cancelled ? 'cancelled' : 'failed';
  await recorder.build(build, outcome, { endedAt, error: cause ?? null, verdict });
  await removeOwnLayers(engine, build);
}

const unexplained: Failure = {
  code: 'internal',
  message: 'Internal error in LDF: the build ended before all of its stages were done.',
  hint: 'Look at the log of the server, and retry the build.',
  stage: null,
  details: [],
};
