/** The live picture of a build on a terminal: one line for each stage. Pure: (build, clock, width) → text. */
import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';
import { formatDuration, formatPercent } from '../../amounts.ts';
import { estimatedSeconds, estimateInWords, isLongerThanUsual } from '../../client/estimate.ts';
import type { Build } from '../../model/build.ts';
import type { StageRun } from '../../model/stage-run.ts';
import { printableText } from '../../printable-text.ts';
import { firstLine, secondsBetween } from '../output/format.ts';
import { type Paint, stateSymbol, stateWord } from '../output/style.ts';

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const spinnerStepMs = 100;
const barCells = 16;
/** Below this width the bar gives its place to the note. */
const barFromColumns = 64;
const nameCells = 8;

export interface View {
  nowMs: number;
  columns: number;
  paint: Paint;
}

/** Every line fits `columns`: a terminal that wrapped one could not be redrawn in place. */
export function liveView(build: Build, view: View): string {
  const lines = [headline(build, view), ...build.stages.map((stage) => stageLine(stage, view))];
  return lines.map((line) => clip(line.trimEnd(), view.columns)).join('\n');
}

/** Cuts a line to a number of columns, wide characters and colours taken into account. */
export function clip(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line;
  const cut = sliceAnsi(line, 0, Math.max(0, columns - 1));
  // A wide character at the edge is kept whole: one column too many.
  return `${stringWidth(cut) < columns ? cut : sliceAnsi(line, 0, Math.max(0, columns - 2))}…`;
}

function headline(build: Build, { nowMs, paint }: View): string {
  const title = paint('bold', `${build.name} ${build.version}`);
  const state = build.queuePosition === null ? stateWord(build.state, paint) : `queued, place ${build.queuePosition}`;
  const elapsed = elapsedSeconds(build.startedAt ?? build.createdAt, build.endedAt, nowMs);
  return `${title} ${build.arch}  ${state}  ${formatDuration(elapsed)}  ${paint('dim', build.id)}`;
}

function stageLine(stage: StageRun, view: View): string {
  const { paint } = view;
  const name = stage.name.padEnd(nameCells);
  switch (stage.state) {
    case 'running':
      return runningLine(stage, name, view);
    case 'pending':
      return `${stateSymbol('pending', paint)} ${paint('dim', `${name} ${estimateInWords(stage) ?? ''}`)}`;
    case 'cached':
    case 'skipped':
      return `${stateSymbol(stage.state, paint)} ${name} ${paint('dim', [stage.state, printableText(stage.reason ?? '')].filter(Boolean).join(' · '))}`;
    default: {
      const seconds = secondsBetween(stage.startedAt, stage.endedAt);
      const took = seconds === null ? '' : formatDuration(seconds);
      const outcome =
        stage.state === 'succeeded'
          ? took
          : `${stateWord(stage.state, paint)}  ${took}  ${firstLine(stage.error?.message ?? '')}`;
      return `${stateSymbol(stage.state, paint)} ${name} ${outcome.trimEnd()}`;
    }
  }
}

function runningLine(stage: StageRun, name: string, view: View): string {
  const { paint, nowMs, columns } = view;
  const elapsed = elapsedSeconds(stage.startedAt, null, nowMs);
  const total = estimatedSeconds(stage, elapsed);
  const parts = [
    spinnerAt(nowMs, paint),
    name,
    columns < barFromColumns ? '' : bar(stage.progress, paint),
    formatPercent(stage.progress).padStart(5),
    ` ${formatDuration(elapsed)}${total === null ? '' : ` of ~${formatDuration(total)}`} `,
    isLongerThanUsual(stage, elapsed) ? `longer than usual (${estimateInWords(stage)})` : '',
    paint('dim', printableText(stage.note)),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** The sign of what is under way; it turns. */
export function spinnerAt(nowMs: number, paint: Paint): string {
  return paint('cyan', spinner[Math.floor(nowMs / spinnerStepMs) % spinner.length] ?? '●');
}

function bar(progress: number, paint: Paint): string {
  const full = Math.round(progress * barCells);
  return paint('cyan', '█'.repeat(full)) + paint('dim', '░'.repeat(barCells - full));
}

/** From a time until another, or until now. The server's clock may be ahead of ours: never below zero. */
export function elapsedSeconds(from: string | null, to: string | null, nowMs: number): number {
  return from === null ? 0 : Math.max(0, ((to === null ? nowMs : Date.parse(to)) - Date.parse(from)) / 1000);
}
