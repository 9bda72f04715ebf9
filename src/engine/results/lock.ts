/** A stage whose result is the lock, which the build and its distribution keep. */
import { LdfError } from '../../errors.ts';
import { mergeLock, resolveParams } from '../../plan/lock.ts';
import { madeOtherwise, madeWith } from '../../plan/made.ts';
import type { Plan } from '../../plan/types.ts';
import type { Lock } from '../../stages/lock.ts';
import { stageWithResult } from '../../stages/registry.ts';
import { LockResult } from '../../stages/results.ts';
import type { BuildRecord } from '../../store/builds.ts';
import type { BuildWork } from '../core/build-work.ts';
import { decideLock } from '../core/decision.ts';
import type { Engine } from '../core/dependencies.ts';
import { identities, plannedStage } from '../core/plan-build.ts';
import { unansweredGroups } from '../core/reasons.ts';
import { recordRequest } from '../core/recorded-request.ts';
import type { StageTask } from '../stage-runs/run-stage.ts';
import { noteResolved } from './resolve-lock.ts';

export function lockTask(work: BuildWork, plan: Plan): StageTask<Lock> {
  const { engine, build, images } = work;
  const { arch } = build;
  const lock = build.lock ?? undefined;
  const params = resolveParams(plan, lock, false);
  const stage = { ...plannedStage(plan, stageWithResult('lock').name), params };
  const made = madeWith(plan, identities(images));
  const decide = async () => decideLock(lock, unansweredGroups(params), madeOtherwise(lock?.made, made));
  return {
    stage,
    layers: {},
    recorded: params && recordRequest(stage, arch, images),
    find: decide,
    // The lock stays as it is whatever is forced: to renew it is a request of its own.
    decide,
    async commit(_run, result) {
      const data = LockResult.parse(result.data);
      const resolved = mergeLock(arch, lock, data, made);
      await noteResolved(engine, arch, data, build.id);
      await storeLock(engine, build, resolved);
      return { outcome: resolved };
    },
  };
}

async function storeLock({ store }: Engine, build: BuildRecord, lock: Lock): Promise<void> {
  await store.changeBuild(build.id, ['running'], { lock });
  // As it is now: the distribution may have been deleted meanwhile.
  const distributionId = (await store.getBuild(build.id))?.distributionId;
  if (!distributionId) return;
  try {
    await store.setLock(distributionId, lock);
  } catch (error) {
    if (!(error instanceof LdfError && error.code === 'not-found')) throw error;
  }
}
