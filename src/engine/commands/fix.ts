/** Solves what a build failed for: changes its distribution as the failure proposes, and builds that. */
import { applyFix } from '../../definition/apply-fix.ts';
import { LdfError, pointerKeys } from '../../errors.ts';
import type { Fix } from '../../fix.ts';
import { chosenNames } from '../../plan/components.ts';
import type { BuildRecord } from '../../store/builds.ts';
import { type DistributionRecord, revisionOf } from '../../store/distributions.ts';
import type { Engine } from '../core/dependencies.ts';
import { planWithKeys } from '../core/key-sets.ts';
import { createBuild, endedBuild } from './submit.ts';

/**
 * Saves the definition with the change made, and queues a build of it with the options of the one that failed.
 * @throws LdfError `not-found`; `request.invalid` for a fix that the failure does not name; `state.conflict` while the build
 * has not ended, and when the distribution is gone or was changed there since; what validating and starting a build throw.
 */
export async function fixBuild(engine: Engine, buildId: string, fix: Fix): Promise<BuildRecord> {
  const { store, planner } = engine;
  const build = await endedBuild(engine, buildId);
  if (!fixesOf(build).some((one) => isSame(one, fix)))
    throw new LdfError('request.invalid', `Build ${buildId} names no such fix.`, {
      hint: 'Send one of `error.details[].fixes` of the build, as it is there.',
    });
  const distribution = build.distributionId === null ? undefined : await store.getDistribution(build.distributionId);
  if (!distribution)
    throw new LdfError('state.conflict', `The distribution of build ${buildId} was deleted.`, {
      hint: 'Add the definition again, with the change made.',
    });
  const written = applyFix(distribution.definition, fix);
  if (!written) throw changedElsewhere(distribution, fix);
  const definition = await planner.definition(written);
  const { name, version, arch } = definition;
  const lock = (await store.getLocks(distribution.id))[build.arch];
  await planWithKeys(engine, { definition, catalog: await engine.catalog(), boot: build.boot, lock });
  const input = { name, version, arch, definition: written, components: chosenNames(definition) };
  const saved = await store
    .updateDistribution(distribution.id, input, [revisionOf(distribution)])
    .catch((error: unknown) => {
      throw error instanceof LdfError && error.code === 'revision.stale' ? changedElsewhere(distribution, fix) : error;
    });
  return createBuild(engine, saved, {
    arch: build.arch,
    formats: build.formats,
    boot: build.boot,
    noCache: build.noCache,
    priority: build.priority,
  });
}

function fixesOf({ error }: BuildRecord): Fix[] {
  return (error?.details ?? []).flatMap(({ fixes = [] }) => fixes);
}

function isSame(one: Fix, other: Fix): boolean {
  return one.pointer === other.pointer && one.from === other.from && one.to === other.to;
}

function changedElsewhere({ name }: DistributionRecord, { pointer, from }: Fix): LdfError {
  const place = pointerKeys(pointer).join('.');
  return new LdfError('state.conflict', `${name} has been changed since this build: ${place} is different now.`, {
    hint: 'Look at the definition as it is now, and build it.',
    details: [{ pointer, message: 'was changed since', value: JSON.stringify(from) }],
  });
}
