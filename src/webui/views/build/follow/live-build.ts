/** A build as its events and the server's answers tell it together, whichever comes first. Pure. */
import { applyEntry } from '../../../../client/apply-entry.ts';
import type { Build } from '../../../../model/build.ts';
import type { JournalEntry } from '../../../../model/journal.ts';
import type { StageRun } from '../../../../model/stage-run.ts';

/** Takes in an entry, unless the build is further already: an answer may have overtaken the events. */
export function takeEntry(build: Build, entry: JournalEntry): Build {
  if (entry.type === 'stage' || entry.type === 'progress') {
    const known = build.stages.find(({ name }) => name === entry.stage);
    if (known && isBehind(entry, known)) return build;
  }
  if (entry.type === 'build' && build.endedAt !== null && entry.at < build.endedAt) return build;
  return applyEntry(build, entry);
}

function isBehind(entry: Extract<JournalEntry, { type: 'stage' | 'progress' }>, known: StageRun): boolean {
  if (entry.attempt !== known.attempt) return entry.attempt < known.attempt;
  if (entry.type === 'progress') return known.state !== 'running';
  return rank(entry.state) < rank(known.state);
}

function rank(state: StageRun['state']): number {
  if (state === 'pending') return 0;
  return state === 'running' ? 1 : 2;
}

/** An answer of the server in place of what is shown. Events tell of progress sooner than it is recorded. */
export function takeAnswer(shown: Build | undefined, answer: Build): Build {
  if (!shown) return answer;
  const stages = answer.stages.map((stage) => {
    const before = shown.stages.find(({ name }) => name === stage.name);
    const same = before?.attempt === stage.attempt && before.state === 'running' && stage.state === 'running';
    return same ? { ...stage, progress: before.progress, note: before.note } : stage;
  });
  return { ...answer, stages };
}
