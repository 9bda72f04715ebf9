/** Whether a build can be made again as it was, so that a comparison says something. */
import { LdfError } from '../../errors.ts';
import type { PlannedStage } from '../../plan/types.ts';
import { stageNamed } from '../../stages/registry.ts';
import { leavesLayer } from '../../stages/stage.ts';
import type { BuildRecord } from '../../store/builds.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import { newestAttempts } from '../core/attempts.ts';
import type { Engine, StageImages } from '../core/dependencies.ts';
import { planStoredBuild } from '../core/plan-build.ts';
import { whatChanged } from '../core/reasons.ts';
import { RecordedRequest, recordRequest } from '../core/recorded-request.ts';

/**
 * The build to verify, when the stage images and the LDF of now would make it with the same keys: from those its UUIDs
 * derive, so that with other ones nothing could be the same.
 * @throws LdfError `not-found`, `state.conflict`.
 */
export async function requireComparable(engine: Engine, buildId: string, images: StageImages): Promise<BuildRecord> {
  const subject = await engine.store.getBuild(buildId);
  if (!subject) throw new LdfError('not-found', `There is no build ${buildId}.`);
  if (subject.verifies !== null)
    throw new LdfError('state.conflict', `Build ${buildId} is itself a verification.`, {
      hint: `Verify build ${subject.verifies}.`,
    });
  if (subject.state !== 'succeeded')
    throw new LdfError('state.conflict', `Build ${buildId} is ${subject.state}: only what has succeeded is verified.`);
  const plan = await planStoredBuild(engine, subject, subject.lock ?? undefined, images);
  const runs = newestAttempts(await engine.store.wholeStageRuns(buildId));
  for (const stage of plan.stages) {
    const run = runs.find((made) => made.stage === stage.name);
    const listed = stageNamed(stage.name);
    // No two boots leave the same.
    const comparable = !leavesLayer(listed) || listed.result === 'verdicts' || run?.key === stage.key;
    if (!comparable) throw incomparable(subject, stage, run, images);
  }
  return subject;
}

function incomparable(
  { id, arch }: BuildRecord,
  stage: PlannedStage,
  run: StageRunRecord | undefined,
  images: StageImages,
): LdfError {
  const before = RecordedRequest.safeParse(run?.request);
  const why =
    stage.params === null
      ? 'its lock no longer matches its definition'
      : before.success
        ? whatChanged(stage, { ...before.data, inputs: {} }, recordRequest(stage, arch, images)).reason
        : 'it left no record of its request';
  return new LdfError('state.conflict', `Build ${id} cannot be rebuilt exactly. Stage ${stage.name}: ${why}.`, {
    hint: 'Use the stage images and the version of LDF that it was made with; or build again, and verify that build.',
  });
}
