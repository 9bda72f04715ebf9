/** Why a stage runs, in words and in full. Why it does not have to is said where its result is found. */

import type { Comparison } from '../../model/stage-run.ts';
import { type Difference, differences, shortly } from '../../plan/explain.ts';
import type { resolveParams } from '../../plan/lock.ts';
import type { PlannedStage } from '../../plan/types.ts';
import { findStage } from '../../stages/registry.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import type { Store } from '../../store/store.ts';
import type { BuildWork } from './build-work.ts';
import { RecordedRequest } from './recorded-request.ts';

export interface Why {
  reason: string;
  /** null when the reason is another than a difference from an earlier run. */
  compared: Comparison | null;
}

/** What of a planned stage two of its requests are compared by. */
type Compared = Pick<PlannedStage, 'name' | 'image' | 'inputs'>;

export const forcedByBuild = 'forced: the build uses no cache';

/** Why a stage whose result is a layer runs. */
export async function whyLayerIsMade(
  { engine, build, attempts }: BuildWork,
  run: StageRunRecord,
  stage: PlannedStage,
  now: RecordedRequest,
): Promise<Why> {
  if (build.verifies !== null) return reasonAlone(`verification of build ${build.verifies}: rebuilt from scratch`);
  if (build.noCache) return reasonAlone(forcedByBuild);
  if (run.forced) return reasonAlone('forced: a retry asked for it');
  const failed = attempts.before(run);
  if (failed) return reasonAlone(`attempt ${failed.attempt} ${endedHow(failed)}`);
  return whyUnlikeBefore(engine.store, build.distributionId, stage, now, build.id);
}

/** Sorts after every id: all builds there are come before it. */
const afterAll = '~';

/** What differs from the newest good run of a stage in the builds of a distribution before one of them, by default all. */
export async function whyUnlikeBefore(
  store: Pick<Store, 'previousRun'>,
  distributionId: string | null,
  stage: Compared,
  now: RecordedRequest,
  beforeBuild = afterAll,
): Promise<Why> {
  if (distributionId === null) return reasonAlone('no earlier result to reuse');
  const previous = await store.previousRun(distributionId, stage.name, beforeBuild);
  if (!previous) return reasonAlone('no earlier result to reuse');
  const before = RecordedRequest.safeParse(previous.request);
  if (!before.success) return reasonAlone('the build before left no record of its request');
  const { reason, changes } = whatChanged(stage, before.data, now);
  return { reason, compared: { build: previous.buildId, attempt: previous.attempt, differences: changes } };
}

/** What a lock has no answer to, in words; '' when it has all of them. */
export function unansweredGroups(params: ReturnType<typeof resolveParams>): string {
  const groups = [params?.kernel && 'kernel', params?.packages && 'packages', params?.boot && 'boot packages'].filter(
    (group) => typeof group === 'string',
  );
  return new Intl.ListFormat('en', { style: 'long', type: 'conjunction' }).format(groups);
}

/** A reason that needs no comparison. */
export function reasonAlone(reason: string): Why {
  return { reason, compared: null };
}

/** The cause closest to what the user did comes first: the stage's own parameters, its image, what it is made from. */
export function whatChanged(
  stage: Compared,
  before: RecordedRequest,
  now: RecordedRequest,
): { reason: string; changes: Difference[] } {
  const arch = differences({ arch: before.request.arch }, { arch: now.request.arch });
  const described = ({ request }: RecordedRequest) =>
    findStage(stage.name)?.described(request.params) ?? request.params;
  const params = differences(described(before), described(now));
  const image = differing(`stage image ${stage.image}`, before.image, now.image);
  const inputs = stage.inputs.flatMap((input) => differing(`input ${input}`, before.inputs[input], now.inputs[input]));
  const words = [
    ...(params.length > 0 ? [shortly(params)] : []),
    ...[...image, ...inputs].map(({ what }) => `${what} changed`),
  ];
  const changes = [...arch, ...params, ...image, ...inputs];
  // Another architecture changes nearly everything else with it.
  if (arch.length > 0) return { reason: shortly(arch), changes };
  return { reason: words.length > 0 ? words.join(', ') : 'its layer is gone', changes };
}

function differing(what: string, before: string | undefined, after: string | undefined): Difference[] {
  return before === after ? [] : [{ what, before: before ?? null, after: after ?? null }];
}

function endedHow({ state, error }: StageRunRecord): string {
  if (state === 'failed') return error ? `failed (${error.code})` : 'failed';
  return state === 'cancelled' ? 'was cancelled' : 'no longer holds';
}
