/** Resolves a lock outside any build: one run of the resolve stage that leaves nothing behind. */
import type { Definition } from '../definition/definition.ts';
import { LdfError } from '../errors.ts';
import { lockChanges, mergeLock, resolveParams } from '../plan/lock.ts';
import { planBuild } from '../plan/plan.ts';
import type { LockAnswer } from '../shapes/shapes.ts';
import type { Lock } from '../stages/lock.ts';
import { type StageData, type StageParams, stageData } from '../stages/stages.ts';
import { newId } from '../store/ids.ts';
import type { Engine } from './dependencies.ts';
import { Stopped } from './failure.ts';
import { buildLease, Lease } from './leases.ts';
import { recordRequest } from './recorded-request.ts';
import { clearAttempt, startAttempt, watchAttempt } from './run-attempt.ts';
import { usualSurroundings } from './surroundings.ts';

/**
 * `update`: every group, not only what `current` does not answer. `stop` ends it.
 * @throws LdfError `definition.impossible`, `images.missing`, `images.mismatch`, and what the stage failed with.
 */
export async function resolveLock(
  engine: Engine,
  definition: Definition,
  current: Lock | undefined,
  update: boolean,
  stop: AbortSignal,
): Promise<Omit<LockAnswer, 'stored'>> {
  const catalog = await engine.catalog();
  const plan = planBuild({ definition, catalog, boot: false, lock: current });
  const params = resolveParams(plan, current, update);
  const data = params ? await runResolve(engine, definition, params, stop) : { kernel: null, packages: null };
  const lock = mergeLock(definition.arch, current, data);
  return { lock, changes: lockChanges(current, lock) };
}

async function runResolve(
  engine: Engine,
  { arch }: Definition,
  params: StageParams['resolve'],
  stop: AbortSignal,
): Promise<StageData['resolve']> {
  const images = await engine.images.resolve();
  const owner = { build: `lock-${newId()}`, stage: 'resolve', attempt: 1 } as const;
  // Tells a process that starts now that this container has an owner.
  const lease = await Lease.take(engine, buildLease(owner.build), engine.owner);
  const stage = { name: 'resolve', image: 'rootfs-assembler', after: [], params, key: null } as const;
  try {
    const { request } = recordRequest({ ...stage, after: [] }, arch, images);
    await startAttempt(engine, owner, { request, images, layers: {}, surroundings: usualSurroundings });
    const result = await watchAttempt(engine, owner, {
      startedUptimeMs: engine.clock.uptimeMs(),
      position: undefined,
      logBytes: 0,
      onLines: async (lines) => {
        for (const { text } of lines) engine.logger.debug({ owner: owner.build }, text);
      },
      stop,
      letGo: new AbortController().signal,
    });
    return stageData.resolve.parse(result.data);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    throw new LdfError('server.unreachable', 'The server stopped while the lock was being resolved.', { cause: error });
  } finally {
    await clearAttempt(engine, owner, null);
    await lease?.release();
  }
}
