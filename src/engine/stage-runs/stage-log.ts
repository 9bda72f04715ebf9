/** Where the lines of a stage's container go: progress, phases and log entries in the journal, progress and usage in the database. */
import type { JournalWriter } from '../../events/journal-writer.ts';
import type { JournalEntry, LogEntry, PhaseEntry } from '../../model/journal.ts';
import type { LogLine } from '../../runtime/runtime.ts';
import { type Phase, type Progress, parseReport, type Report, type Usage } from '../../stages/contract.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import type { Engine } from '../core/dependencies.ts';
import { Throttle } from './throttle.ts';

export class StageLog {
  readonly #journal: JournalWriter;
  readonly #run: StageRunRecord;
  readonly #maxLineBytes: number;
  readonly #entries: Throttle<Progress>;
  readonly #records: Throttle<Progress>;
  readonly #usage: Throttle<Usage>;

  constructor(journal: JournalWriter, run: StageRunRecord, { clock, store, config }: Engine) {
    this.#journal = journal;
    this.#run = run;
    this.#maxLineBytes = config.logLineBytes;
    const { stage, attempt } = run;
    this.#entries = new Throttle(clock, config.progressEntryMs, ({ progress, note }) =>
      journal.append({ type: 'progress', at: clock.now().toISOString(), stage, attempt, progress, note }),
    );
    this.#records = new Throttle(clock, config.progressRecordMs, async (progress) => {
      await store.changeStageRun(run.id, ['running'], progress);
    });
    this.#usage = new Throttle(clock, config.progressRecordMs, async (usage) => {
      await store.changeStageRun(run.id, ['running'], { usage });
    });
  }

  /** Resolves when the journal has room for more. */
  async take(lines: readonly LogLine[]): Promise<void> {
    const entries: JournalEntry[] = [];
    for (const line of lines) {
      const report = line.stream === 'stdout' ? parseReport(line.text) : undefined;
      if (report && 'phase' in report) entries.push(phaseEntry(line, this.#run, report));
      else if (report) this.#report(report);
      else entries.push(logEntry(line, this.#run, this.#maxLineBytes));
    }
    if (entries.length > 0) await this.#journal.append(...entries);
  }

  /** Passes on the last reports. */
  async end(): Promise<void> {
    await Promise.all([this.#entries.flush(), this.#records.flush(), this.#usage.flush()]);
  }

  #report(report: Exclude<Report, Phase>): void {
    if ('usage' in report) this.#usage.push(report.usage);
    else {
      this.#entries.push(report);
      this.#records.push(report);
    }
  }
}

function logEntry(line: LogLine, run: StageRunRecord, maxBytes: number): LogEntry {
  const { stream, text } = line;
  return { type: 'log', ...placeOf(line, run), stream, text: cut(text, maxBytes) };
}

function phaseEntry(line: LogLine, run: StageRunRecord, { phase, item }: Phase): PhaseEntry {
  return { type: 'phase', ...placeOf(line, run), phase, item: item ?? null };
}

function placeOf({ timestamp, position }: LogLine, { stage, attempt }: StageRunRecord) {
  const usual = position.timestamp === timestamp && position.count === 1;
  return { at: timestamp, stage, attempt, ...(usual ? {} : { position }) };
}

function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  // What is left of a character that was cut in two becomes U+FFFD.
  const kept = bytes.toString('utf8', 0, maxBytes).replace(/\uFFFD+$/, '');
  return `${kept}… (${bytes.length - Buffer.byteLength(kept)} more bytes)`;
}
