/** The rows of a log as it is folded now: it folds what has ended, while nobody reads it, and what somebody says. */
import { useMemo, useState, useSyncExternalStore } from 'react';
import type { LogChoice } from '../build-search.ts';
import type { BuildFollower } from '../follow/build-follower.ts';
import { LogRows, sectionsOf } from './log-rows.ts';
import type { LogAttempt } from './log-view.ts';
import { allSections, Folding, outline, type Section } from './sections.ts';

export interface LogFolds {
  rows: LogRows;
  fold: (section: Section, open: boolean) => void;
  foldAll: (open: boolean) => void;
  /** Opens all that a line of the view is in. */
  show: (line: number) => void;
}

export function useLogRows({ log, whole }: BuildFollower, choice: LogChoice, following: boolean): LogFolds {
  const { stage, attempt } = choice;
  const version = useSyncExternalStore(log.subscribe, log.version);
  const isWhole = useSyncExternalStore(whole.subscribe, whole.get);
  const [folding] = useState(() => new Folding());
  const [changes, setChanges] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: there is more with each version
  const outlines = useMemo(() => {
    const shown = log.attempts(stage, attempt);
    const made = outline(shown, titleOf(stage, shown.length));
    if (following || !isWhole) folding.settle(allSections(made));
    return made;
  }, [log, stage, attempt, version, following, isWhole, folding]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: folded otherwise with each change
  const rows = useMemo(() => new LogRows(outlines, (one) => folding.isOpen(one)), [outlines, folding, changes]);
  const choose = (sections: Iterable<Section>, open: boolean) => {
    for (const section of sections) folding.choose(section, open);
    setChanges((count) => count + 1);
  };
  return {
    rows,
    fold: (section, open) => choose([section], open),
    foldAll: (open) => choose(allSections(outlines), open),
    show: (line) => choose(sectionsOf(outlines, line), true),
  };
}

function titleOf(stage: string | undefined, shown: number): ((attempt: LogAttempt) => string) | undefined {
  if (stage === undefined)
    return ({ stage: name, attempt: number }) => (number === 1 ? name : `${name}, attempt ${number}`);
  return shown > 1 ? ({ attempt: number }) => `Attempt ${number}` : undefined;
}
