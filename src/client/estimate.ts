/** How long a stage is likely to take, as the command line and the web UI tell it. */
import { formatDuration } from '../amounts.ts';
import type { StageEstimate } from '../model/estimate.ts';
import type { StageRun } from '../model/stage-run.ts';

/**
 * How long a stage will take in all: what like runs took, and what its own progress comes to, which counts the more the
 * further it is; a run that takes longer than they did goes by its own pace. Never less than what has passed; null while
 * neither says anything.
 */
export function estimatedSeconds(stage: StageRun, elapsed: number): number | null {
  const { estimateSeconds: history, progress } = stage;
  const own = progress >= 0.05 ? elapsed / progress : null;
  if (own === null) return history === null ? null : Math.max(history, elapsed);
  if (history === null || elapsed > history) return own;
  return Math.max(elapsed, (1 - progress) * history + progress * own);
}

/** Ends of a range that differ by less than this factor say no more than their middle does. */
const narrowRange = 1.2;

/** `40s to 1m 10s` where like runs differed, else `about 52s`; null without any. */
export function estimateInWords({ estimateSeconds, estimateRange }: StageEstimate): string | null {
  if (estimateSeconds === null) return null;
  if (!estimateRange || estimateRange.toSeconds <= estimateRange.fromSeconds * narrowRange)
    return `about ${formatDuration(estimateSeconds)}`;
  const { fromSeconds, toSeconds } = estimateRange;
  return `${formatDuration(fromSeconds)} to ${formatDuration(toSeconds)}`;
}

/** Whether a run takes longer than nearly all that were like it; never while too few are known. */
export function isLongerThanUsual({ estimateRange }: StageEstimate, elapsed: number): boolean {
  return estimateRange !== undefined && elapsed > estimateRange.toSeconds * narrowRange;
}
