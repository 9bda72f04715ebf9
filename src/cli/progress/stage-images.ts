/** Work on stage images, shown as it goes; and the step before a build that makes them ready. */

import { formatDuration } from '../../amounts.ts';
import type { Client, ImageProgress } from '../../client/client.ts';
import { printableText } from '../../printable-text.ts';
import type { ImageName } from '../../stages/names.ts';
import type { Cli } from '../cli.ts';
import { paintFor } from '../output/style.ts';
import { isLive, say, type Terminal } from '../terminal.ts';
import { imageView, waitingImage, withReport } from './image-view.ts';
import { clip } from './live-view.ts';
import { redrawn } from './redrawn.ts';

const quietMs = 15_000;
const frameMs = 100;
const fallbackColumns = 80;
/** A step's whole command would be a wall of text in a CI log. */
const plainColumns = 100;

/**
 * Builds the stage images that are missing or out of date: all, or those that `needed` names, which is asked only when there
 * are any. One that is not the locked one is left for the build to refuse: only a person can say which of the two is right.
 */
export async function makeStageImagesReady(
  cli: Cli,
  client: Client,
  needed?: () => Promise<readonly ImageName[]>,
): Promise<void> {
  const images = await client.stageImages.list(cli.interrupts.signal);
  const unready = images.filter(({ state }) => state !== 'ok' && state !== 'mismatch');
  if (unready.length === 0) return;
  const names = await needed?.();
  const wanting = unready.filter(({ name, state }) => names?.includes(name) ?? state !== 'unused');
  if (wanting.length === 0) return;
  const wanted = wanting.map(({ name }) => name);
  say(cli.terminal, `Building the stage images first: ${wanted.join(', ')}. This happens once.`);
  await showImageProgress(cli.terminal, client.stageImages.build(wanted, cli.interrupts.signal), wanted);
}

/**
 * Shows reports until they end. `wanted`: the images that they will be of, where that is known.
 * @throws LdfError what the work ends with
 */
export async function showImageProgress(
  terminal: Terminal,
  reports: AsyncIterable<ImageProgress>,
  wanted: readonly ImageName[] = [],
): Promise<void> {
  const startedMs = terminal.now();
  const show = isLive(terminal) ? liveLines(terminal, wanted) : plainLines(terminal);
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

/** A line for each image, redrawn in place. What is there at the end stays: it says how long each took. */
function liveLines(terminal: Terminal, wanted: readonly ImageName[]): Show {
  const { stderr, env } = terminal;
  const lines = redrawn(stderr);
  let work = wanted.map(waitingImage);
  const draw = () => {
    const columns = stderr.columns ?? fallbackColumns;
    lines.draw(imageView(work, { nowMs: terminal.now(), columns, paint: paintFor(stderr, env) }));
  };
  const timer = setInterval(draw, frameMs);
  return {
    report(report) {
      work = withReport(work, report, terminal.now());
    },
    end() {
      clearInterval(timer);
      draw();
      lines.done();
    },
  };
}

function headOf({ image, kind, step, steps, text }: ImageProgress): string {
  const place = kind === 'step' && steps > 0 ? `step ${step} of ${steps}: ` : '';
  return `${image}: ${place}${printableText(text).replace(/\s+/g, ' ')}`;
}
