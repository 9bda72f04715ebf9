/** The stage `resolve`: its result is the lock, which the build and its distribution keep. */

import { LdfError } from '../errors.ts';
import { mergeLock, resolveParams } from '../plan/lock.ts';
import type { Plan } from '../plan/types.ts';
import { stageContracts } from '../stages/contracts.ts';
import type { Lock } from '../stages/lock.ts';
import type { BuildRecord } from '../store/store.ts';
import type { BuildWork } from './build-work.ts';
import type { Engine } from './dependencies.ts';
import { because, unansweredGroups } from './reasons.ts';
import { recordRequest } from './recorded-request.ts';
import { noteResolved } from './resolve-lock.ts';
import type { StageTask } from './run-stage.ts';

export function resolveTask(work: BuildWork, plan: Plan): StageTask<Lock> {
  const { engine, build, images } = work;
  const { arch } = build;
  const lock = build.lock ?? undefined;
  const params = resolveParams(plan, lock, false);
  return {
    stage: 'resolve',
    layers: {},
    recorded:
      params &&
      recordRequest({ name: 'resolve', image: 'rootfs-assembler', after: [], params, key: null }, arch, images),
    async find() {
      if (params || !lock) return undefined;
      return { outcome: lock, reason: 'the lock answers the definition' };
    },
    async why() {
      return because(`the lock does not answer ${unansweredGroups(params)}`);
    },
    async commit(_run, result) {
      const data = stageContracts.resolve.data.parse(result.data);
      const resolved = mergeLock(arch, lock, data);
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
