/** Shows how far a download is: a line that is redrawn on a terminal, one line a file elsewhere. */

import { formatBytes, formatPercent } from '../../amounts.ts';
import type { Downloadable } from '../files/download-artifact.ts';
import { isLive, say, type Terminal } from '../terminal.ts';
import { clip } from './live-view.ts';
import { redrawn } from './redrawn.ts';

const frameMs = 100;

export interface DownloadReporter {
  progress(artifact: Downloadable, doneBytes: number): void;
  stop(): void;
}

export function createDownloadReporter(terminal: Terminal): DownloadReporter {
  if (!isLive(terminal))
    return {
      progress(artifact, doneBytes) {
        if (doneBytes === artifact.sizeBytes) say(terminal, `downloaded ${artifact.name}, ${formatBytes(doneBytes)}`);
      },
      stop: () => undefined,
    };
  const lines = redrawn(terminal.stderr);
  let drawnAtMs = 0;
  return {
    progress(artifact, doneBytes) {
      const nowMs = terminal.now();
      if (nowMs - drawnAtMs < frameMs) return;
      drawnAtMs = nowMs;
      const share = artifact.sizeBytes === 0 ? 1 : doneBytes / artifact.sizeBytes;
      const line = `downloading ${artifact.name}  ${formatPercent(share)} of ${formatBytes(artifact.sizeBytes)}`;
      lines.draw(clip(line, terminal.stderr.columns ?? 80));
    },
    stop() {
      lines.clear();
      lines.done();
    },
  };
}
