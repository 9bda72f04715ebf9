/** What a build was made of, as it was recorded: two of them show why two builds differ. */
import * as z from 'zod';
import type { BuildInputsShape } from '../shapes/requests.ts';
import { stageContracts } from '../stages/contracts.ts';
import type { BuildRecord, StageRunRecord } from '../store/store.ts';
import { newestAttempts } from './attempts.ts';
import { RecordedRequest } from './recorded-request.ts';

/** `runs` are whole. */
export function describeInputs(build: BuildRecord, runs: readonly StageRunRecord[]): BuildInputsShape {
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
function kernelOptions(runs: readonly StageRunRecord[]): BuildInputsShape['kernelOptions'] {
  const run = newestAttempts(runs).find(({ stage }) => stage === 'prepare');
  const recorded = RecordedRequest.safeParse(run?.request);
  const params = recorded.success ? stageContracts.prepare.params.safeParse(recorded.data.request.params) : undefined;
  return params?.success ? params.data.options.map(({ symbol, value, from }) => ({ symbol, value, from })) : null;
}
