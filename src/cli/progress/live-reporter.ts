/** Progress as lines that are redrawn in place. Log lines and notes scroll by above them. */

import type { Build } from '../../model/build.ts';
import type { JournalEntry } from '../../model/journal.ts';
import { printableText } from '../../printable-text.ts';
import { paintFor } from '../output/style.ts';
import type { Terminal } from '../terminal.ts';
import { liveView } from './live-view.ts';
import { type Redrawn, redrawn } from './redrawn.ts';
import type { Reporter } from './reporter.ts';

const frameMs = 100;
const fallbackColumns = 80;

export class LiveReporter implements Reporter {
  readonly #terminal: Terminal;
  readonly #logs: boolean;
  readonly #lines: Redrawn;
  #build: Build | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Lines since the last frame: one write a frame, however fast a compiler prints. */
  #above: string[] = [];

  constructor(terminal: Terminal, logs: boolean) {
    this.#terminal = terminal;
    this.#logs = logs;
    this.#lines = redrawn(terminal.stderr);
  }

  start(build: Build): void {
    this.#build = build;
    this.#frame();
    this.#timer ??= setInterval(() => this.#frame(), frameMs);
  }

  entry(build: Build, entry: JournalEntry): void {
    this.#build = build;
    if (entry.type === 'log' && this.#logs) this.#above.push(`${entry.stage} | ${printableText(entry.text)}`);
  }

  note(line: string): void {
    this.#above.push(line);
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#frame();
    this.#lines.done();
  }

  #frame(): void {
    const { stderr, env } = this.#terminal;
    if (this.#above.length > 0) this.#lines.persist(this.#above.splice(0).join('\n'));
    if (!this.#build) return;
    const columns = stderr.columns ?? fallbackColumns;
    this.#lines.draw(liveView(this.#build, { nowMs: this.#terminal.now(), columns, paint: paintFor(stderr, env) }));
  }
}
