/** Builds as lists tell them. */
import { type Build, type BuildSummary, summaryMessageLength } from '../../model/build.ts';
import type { StageRun } from '../../model/stage-run.ts';

/** What a list says of a build. Pure. */
export function summaryOf({ error, reproducible, stages, artifacts: _, ...build }: Build): BuildSummary {
  return {
    ...build,
    error: error && { code: error.code, message: shortened(error.message), stage: error.stage },
    reproducible: reproducible?.state ?? null,
    stages: stages.map(stageSummary),
  };
}

function stageSummary({ name, state, progress, note, startedAt, endedAt, estimateSeconds }: StageRun) {
  return { name, state, progress, note, startedAt, endedAt, estimateSeconds };
}

function shortened(text: string): string {
  return text.length > summaryMessageLength ? `${text.slice(0, summaryMessageLength - 1)}…` : text;
}
