/** Why a stage runs, in words. Why it does not have to is said where its result is found. */
import { explainChange } from '../plan/explain.ts';
import { type StageName, stageTraits } from '../stages/names.ts';
import type { StageRunRecord } from '../store/store.ts';
import type { BuildWork } from './build-work.ts';
import { RecordedRequest } from './recorded-request.ts';

/** Why a stage whose result is a layer runs. */
export async function whyLayerIsMade(
  { engine, build, attempts }: BuildWork,
  run: StageRunRecord,
  now: RecordedRequest,
): Promise<string> {
  if (build.noCache) return 'forced: the build uses no cache';
  if (run.forced) return 'forced: a retry asked for it';
  const failed = attempts.before(run);
  if (failed) return `attempt ${failed.attempt} ${endedHow(failed)}`;
  if (build.distributionId === null) return 'first build';
  const previous = await engine.store.previousRun(build.distributionId, run.stage, build.id);
  if (!previous) return 'first build';
  const before = RecordedRequest.safeParse(previous.request);
  return before.success ? whatChanged(run.stage, before.data, now) : 'the build before left no record of its request';
}

/** The cause closest to what the user did: its own parameters, then its image, then what it is made from. */
export function whatChanged(stage: StageName, before: RecordedRequest, now: RecordedRequest): string {
  const changes: string[] = [];
  const { params: paramsBefore } = before.request;
  const { params: paramsNow, arch } = now.request;
  if (before.request.arch !== arch) return `arch: ${before.request.arch}→${arch}`;
  if (JSON.stringify(paramsBefore) !== JSON.stringify(paramsNow)) changes.push(explainChange(paramsBefore, paramsNow));
  if (before.image !== now.image) changes.push(`stage image ${stageTraits[stage].image} changed`);
  for (const input of stageTraits[stage].inputs)
    if (before.inputs[input] !== now.inputs[input]) changes.push(`input ${input} changed`);
  return changes.length > 0 ? changes.join(', ') : 'its layer is gone';
}

function endedHow({ state, error }: StageRunRecord): string {
  if (state === 'failed') return error ? `failed (${error.code})` : 'failed';
  return state === 'cancelled' ? 'was cancelled' : 'no longer holds';
}
