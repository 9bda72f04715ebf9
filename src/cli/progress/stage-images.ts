/** Work on stage images, shown as it goes; and the step before a build that makes them ready. */
import type { Client, ImageProgress } from '../../client/client.ts';
import { printableText } from '../../printable-text.ts';
import type { Cli } from '../cli.ts';
import { formatDuration } from '../output/format.ts';
import { isLive, say, type Terminal } from '../terminal.ts';
import { clip } from './live-view.ts';
import { redrawn } from './redrawn.ts';

const quietMs = 15_000;
/** A step's whole command would be a wall of text in a CI log. */
const plainColumns = 100;

/**
 * Builds the stage images that are missing or out of date. One that is not the locked one is left for the build to
 * refuse: only a person can say which of the two is right.
 */
export async function makeStageImagesReady(cli: Cli, client: Client): Promise<void> {
  const images = await client.stageImages.list(cli.interrupts.signal);
  const wanting = images.filter((image) => image.state === 'missing' || image.state === 'stale');
  if (wanting.length === 0) return;
  say(
    cli.terminal,
    `Building the stage images first: ${wanting.map((image) => image.name).join(', ')}. This happens once.`,
  );
  await showImageProgress(cli.terminal, client.stageImages.build(cli.interrupts.signal));
}

/** Shows reports until they end. @throws LdfError what the work ends with */
export async function showImageProgress(terminal: Terminal, reports: AsyncIterable<ImageProgress>): Promise<void> {
  const startedMs = terminal.now();
  const show = isLive(terminal) ? liveLine(terminal) : plainLines(terminal);
  try {
    for await (const report of reports) show.report(report, formatDuration((terminal.now() - startedMs) / 1000));
  } finally {
    show.end();
  }
}

interface Show {
  report(report: ImageProgress, elapsed: string): void;
  end(): void;
}

/**
 * Numbered steps, all of the base, and results; of everything else (output, housekeeping of the builder) a line now and
 * then, as a sign of life.
 */
function plainLines(terminal: Terminal): Show {
  let saidAtMs = terminal.now();
  return {
    report(report, elapsed) {
      const nowMs = terminal.now();
      const told = report.kind === 'done' || (report.kind === 'step' && (report.steps > 0 || report.image === 'base'));
      if (!told && nowMs - saidAtMs < quietMs) return;
      saidAtMs = nowMs;
      say(terminal, `${clip(headOf(report), plainColumns)} (${elapsed})`);
    },
    end: () => undefined,
  };
}

/** The step and the newest line of its output in one line that is redrawn; finished images stay above it. */
function liveLine(terminal: Terminal): Show {
  const lines = redrawn(terminal.stderr);
  let head = '';
  return {
    report(report, elapsed) {
      const columns = terminal.stderr.columns ?? 80;
      if (report.kind === 'done') return lines.persist(clip(`✓ ${headOf(report)}`, columns));
      if (report.kind === 'step') head = headOf(report);
      const line = report.kind === 'log' ? ` · ${printableText(report.text)}` : '';
      lines.draw(clip(`● ${elapsed}  ${head}${line}`, columns));
    },
    end() {
      lines.clear();
      lines.done();
    },
  };
}

function headOf({ image, kind, step, steps, text }: ImageProgress): string {
  const place = kind === 'step' && steps > 0 ? `step ${step} of ${steps}: ` : '';
  return `${image}: ${place}${printableText(text).replace(/\s+/g, ' ')}`;
}
