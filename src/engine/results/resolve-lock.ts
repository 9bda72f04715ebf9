/** Resolves a lock outside any build: one run of the stage that gives locks, which leaves nothing behind. */
import type { Architecture, Definition } from '../../definition/definition.ts';
import type { LockAnswer } from '../../model/lock.ts';
import { type LockUpdate, lockChanges, mergeLock, resolveParams } from '../../plan/lock.ts';
import { madeWith } from '../../plan/made.ts';
import type { Lock } from '../../stages/lock.ts';
import { recommendationNotes } from '../../stages/recommendations.ts';
import { stageWithResult } from '../../stages/registry.ts';
import { LockResult } from '../../stages/results.ts';
import type { BoundedQueue } from '../core/bounded-queue.ts';
import { type Engine, stageImage } from '../core/dependencies.ts';
import { planWithKeys } from '../core/key-sets.ts';
import { identities, imagesIfThere } from '../core/plan-build.ts';
import { recordRequest } from '../core/recorded-request.ts';
import { runOutside } from '../stage-runs/run-outside.ts';

/**
 * `update`: what is resolved although `current` answers it. `stop` ends it. It runs when `places` has one for it.
 * @throws LdfError `definition.impossible`, `images.missing`, `images.mismatch`, `queue.full`, and what the stage failed with.
 */
export async function resolveLock(
  engine: Engine,
  definition: Definition,
  current: Lock | undefined,
  update: LockUpdate,
  slots: BoundedQueue,
  stop: AbortSignal,
): Promise<Omit<LockAnswer, 'stored'>> {
  const [catalog, images] = await Promise.all([engine.catalog(), imagesIfThere(engine)]);
  const today = images && identities(images);
  const plan = await planWithKeys(engine, { definition, catalog, boot: false, lock: current, images: today });
  const params = resolveParams(plan, current, update);
  const data = params
    ? await slots.run(() => runResolve(engine, definition.arch, params, stop))
    : { kernel: null, packages: null, boot: null };
  await noteResolved(engine, definition.arch, data, null);
  const lock = mergeLock(definition.arch, current, data, today && madeWith(plan, today));
  const notes = params ? recommendationNotes(lock.packages) : plan.notes;
  return { lock, changes: lockChanges(current, lock), notes };
}

/** @throws LdfError what the stage failed with. */
export async function runResolve(
  engine: Engine,
  arch: Architecture,
  params: NonNullable<ReturnType<typeof resolveParams>>,
  stop: AbortSignal,
): Promise<LockResult> {
  const { name, image } = stageWithResult('lock');
  const images = await engine.images.resolve([image]);
  return runOutside(engine, {
    stage: name,
    request: recordRequest({ name, image, params, key: null }, arch, images).request,
    image: stageImage(images, image),
    doing: 'the lock was being resolved',
    stop,
    read: ({ data }) => LockResult.parse(data),
  });
}

/** Notes what resolve wrote, which others may believe; of a lock that a client brought nobody but its own build does. */
export async function noteResolved(
  { store }: Pick<Engine, 'store'>,
  arch: Architecture,
  { kernel }: LockResult,
  resolvedBy: string | null,
): Promise<void> {
  if (kernel) await store.addResolvedKernel(arch, kernel, resolvedBy);
}
