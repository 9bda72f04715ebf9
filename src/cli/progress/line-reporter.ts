/** Progress as plain lines, for CI logs: a stage started, each tenth of it or 15 seconds, how it ended. */

import { formatDuration, formatPercent } from '../../amounts.ts';
import { estimatedSeconds } from '../../client/estimate.ts';
import type { Build } from '../../model/build.ts';
import type { JournalEntry } from '../../model/journal.ts';
import type { StageRun } from '../../model/stage-run.ts';
import { printableText } from '../../printable-text.ts';
import { firstLine, secondsBetween } from '../output/format.ts';
import { say, type Terminal } from '../terminal.ts';
import { elapsedSeconds } from './live-view.ts';
import type { Reporter } from './reporter.ts';

/** A running stage says something at least this often. */
const quietMs = 15_000;
const step = 0.1;
const tickMs = 1_000;

type StageEntry = Extract<JournalEntry, { type: 'stage' }>;

export class LineReporter implements Reporter {
  readonly #terminal: Terminal;
  readonly #logs: boolean;
  #build: Build | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Of each running stage: the progress and the time of its last line. */
  readonly #last = new Map<StageRun['name'], { progress: number; atMs: number }>();

  constructor(terminal: Terminal, logs: boolean) {
    this.#terminal = terminal;
    this.#logs = logs;
  }

  start(build: Build): void {
    this.#build = build;
    const place = build.queuePosition === null ? '' : `, place ${build.queuePosition} in the queue`;
    this.note(`${build.name} ${build.version} (${build.arch}): build ${build.id} ${build.state}${place}`);
    this.#timer ??= setInterval(() => this.tick(), tickMs);
  }

  entry(build: Build, entry: JournalEntry): void {
    this.#build = build;
    if (entry.type === 'stage') this.#stageLine(build, entry);
    else if (entry.type === 'log' && this.#logs) this.note(`${entry.stage} | ${printableText(entry.text)}`);
    else if (entry.type === 'progress') this.#progressLine(build, entry.stage);
  }

  note(line: string): void {
    say(this.#terminal, line);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Says where silent stages are; called by a timer. */
  tick(): void {
    for (const name of this.#last.keys()) if (this.#build) this.#progressLine(this.#build, name);
  }

  #stageLine(build: Build, entry: StageEntry): void {
    const stage = build.stages.find((candidate) => candidate.name === entry.stage);
    if (!stage || entry.state === 'pending') return;
    const reason = entry.reason ? `: ${printableText(entry.reason)}` : '';
    if (entry.state === 'running') {
      this.#last.set(entry.stage, { progress: 0, atMs: this.#terminal.now() });
      const attempt = entry.attempt > 1 ? ` (attempt ${entry.attempt})` : '';
      this.note(`${entry.stage}: started${attempt}${reason}`);
      return;
    }
    this.#last.delete(entry.stage);
    const seconds = secondsBetween(stage.startedAt, stage.endedAt);
    const after = seconds === null || entry.state === 'cached' ? '' : ` after ${formatDuration(seconds)}`;
    const word = entry.state === 'succeeded' ? 'done' : entry.state;
    const why = entry.error
      ? `: ${firstLine(entry.error.message)}`
      : entry.state === 'cached' || entry.state === 'skipped'
        ? reason
        : '';
    this.note(`${entry.stage}: ${word}${after}${why}`);
  }

  #progressLine(build: Build, name: StageRun['name']): void {
    const stage = build.stages.find((candidate) => candidate.name === name);
    const last = this.#last.get(name);
    if (!stage || !last) return;
    const nowMs = this.#terminal.now();
    const stepped = Math.floor(stage.progress / step + 1e-9) > Math.floor(last.progress / step + 1e-9);
    if (!stepped && nowMs - last.atMs < quietMs) return;
    this.#last.set(name, { progress: stage.progress, atMs: nowMs });
    const elapsed = elapsedSeconds(stage.startedAt, null, nowMs);
    const total = estimatedSeconds(stage, elapsed);
    const of = total === null ? '' : ` of ~${formatDuration(total)}`;
    const note = stage.note ? ` (${printableText(stage.note)})` : '';
    this.note(`${name}: ${formatPercent(stage.progress)} after ${formatDuration(elapsed)}${of}${note}`);
  }
}
