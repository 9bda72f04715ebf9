/** The last log lines of each stage, kept for the moment one fails. */
import type { JournalEntry } from '../../model/journal.ts';
import type { StageName } from '../../stages/names.ts';

const keptLines = 15;

export class LogTail {
  readonly #lines = new Map<StageName, string[]>();

  add(entry: JournalEntry): void {
    if (entry.type === 'stage' && entry.state === 'running') this.#lines.delete(entry.stage);
    if (entry.type !== 'log') return;
    const lines = this.#lines.get(entry.stage) ?? [];
    lines.push(entry.text);
    if (lines.length > keptLines) lines.shift();
    this.#lines.set(entry.stage, lines);
  }

  of(stage: StageName | null | undefined): readonly string[] {
    return stage ? (this.#lines.get(stage) ?? []) : [];
  }
}
