/** What a build was made of, as it was recorded: two of them show why two builds differ. */
import * as z from 'zod';
import type { BuildInputs } from '../../model/build.ts';
import { findStage } from '../../stages/registry.ts';
import type { BuildRecord } from '../../store/builds.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import { newestAttempts } from '../core/attempts.ts';
import { RecordedRequest } from '../core/recorded-request.ts';

/** `runs` are whole. */
export function describeInputs(build: BuildRecord, runs: readonly StageRunRecord[]): BuildInputs {
  const { definition, components, lock, boot, noCache, priority } = build;
  return {
    definition: z.record(z.string(), z.unknown()).parse(definition),
    components,
    lock,
    options: { boot, noCache, priority },
    kernelOptions: kernelOptions(runs),
  };
}

/** What was asked of the kernel's configuration; null of a build that did not come to it. */
function kernelOptions(runs: readonly StageRunRecord[]): BuildInputs['kernelOptions'] {
  for (const { stage, request } of newestAttempts(runs)) {
    const recorded = RecordedRequest.safeParse(request);
    const options = recorded.success ? findStage(stage)?.kernelOptions(recorded.data.request.params) : undefined;
    if (options) return options;
  }
  return null;
}
