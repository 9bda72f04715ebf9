/** The live picture of work on stage images: one line for each, with its step and newest output. Pure: (work, clock, width) → text. */

import { formatDuration } from '../../amounts.ts';
import type { ImageProgress } from '../../client/client.ts';
import { printableText } from '../../printable-text.ts';
import { stateSymbol } from '../output/style.ts';
import { clip, spinnerAt, type View } from './live-view.ts';

/** What it takes on two idle cores: the base alone, then all others side by side. */
const usualSeconds = { base: 65, others: 40 } as const;

/** What has been reported of the work on one image. */
export interface ImageWork {
  image: ImageProgress['image'];
  /** null while it waits: most images wait for the base under them. */
  startedMs: number | null;
  endedMs: number | null;
  /** The step it is at, of so many; both 0 where steps have no number. */
  step: number;
  steps: number;
  /** The step's command, or how the image came about. */
  text: string;
  /** The newest line of output since the step began. */
  line: string;
}

export function waitingImage(image: ImageProgress['image']): ImageWork {
  return { image, startedMs: null, endedMs: null, step: 0, steps: 0, text: '', line: '' };
}

/** The work with one more report taken in; an image that nobody had named before stands above those that wait. */
export function withReport(work: readonly ImageWork[], report: ImageProgress, nowMs: number): ImageWork[] {
  const known = work.find(({ image }) => image === report.image);
  const before = known ?? waitingImage(report.image);
  const startedMs = before.startedMs ?? nowMs;
  const { kind, step, steps, text } = report;
  const changed = {
    log: { line: text },
    step: { step, steps, text, line: '' },
    done: { text, line: '', endedMs: nowMs },
  }[kind];
  const after: ImageWork = { ...before, startedMs, ...changed };
  if (known) return work.map((one) => (one === known ? after : one));
  const waiting = work.findIndex((one) => one.startedMs === null);
  return waiting < 0 ? [...work, after] : work.toSpliced(waiting, 0, after);
}

/** Every line fits the view's columns. */
export function imageView(work: readonly ImageWork[], view: View): string {
  const cells = Math.max(0, ...work.map(({ image }) => image.length));
  return work.map((one) => clip(lineOf(one, one.image.padEnd(cells), view).trimEnd(), view.columns)).join('\n');
}

function lineOf(work: ImageWork, name: string, { nowMs, paint }: View): string {
  const { startedMs, endedMs, step, steps } = work;
  if (startedMs === null) return `${stateSymbol('pending', paint)} ${paint('dim', name)}`;
  const elapsed = formatDuration(((endedMs ?? nowMs) - startedMs) / 1000);
  const text = oneLine(work.text);
  if (endedMs !== null) return `${stateSymbol('succeeded', paint)} ${name} ${elapsed}  ${paint('dim', text)}`;
  const usual = formatDuration(work.image === 'base' ? usualSeconds.base : usualSeconds.others);
  const place = steps > 0 ? `step ${step} of ${steps}` : text;
  return `${spinnerAt(nowMs, paint)} ${name} ${elapsed} of ~${usual}  ${place}  ${paint('dim', oneLine(work.line))}`;
}

function oneLine(text: string): string {
  return printableText(text).replace(/\s+/g, ' ').trim();
}
