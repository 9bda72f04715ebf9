/** How long a stage is likely to take, as the command line and the web UI tell it. */
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
