/** What a log is folded by: attempts at stages, their phases, and what a phase is at, such as one package. Pure. */
import type { LogAttempt, ShownAttempt } from './log-view.ts';
import { matchFrom } from './search.ts';

export interface Section {
  /** The same for as long as the log is looked at. */
  key: string;
  level: 'stage' | 'phase' | 'item';
  title: string;
  attempt: LogAttempt;
  /** Lines of the attempt: from the first to before `to`. */
  from: number;
  to: number;
  startedAt: string | null;
  /** null while it lasts. */
  endedAt: string | null;
  /** Whether a line of it tells of an error, or the attempt failed in it. */
  failed: boolean;
  /** What it is divided into, ascending; lines before the first part are its own. */
  parts: Section[];
}

/** A shown attempt; without a heading of its own where the log has no other. */
export interface Outline extends ShownAttempt {
  whole: Section;
  headed: boolean;
}

/** @param titleOf what an attempt is called; undefined: the log shows one attempt, which needs no name */
export function outline(
  shown: readonly ShownAttempt[],
  titleOf: ((attempt: LogAttempt) => string) | undefined,
): Outline[] {
  return shown
    .filter(({ attempt }) => attempt.length > 0 || attempt.phases.length > 0)
    .map((one) => ({
      ...one,
      whole: sectionOf(one.attempt, titleOf?.(one.attempt) ?? ''),
      headed: titleOf !== undefined,
    }));
}

function sectionOf(attempt: LogAttempt, title: string): Section {
  const { stage, phases, length, startedAt, endedAt, state } = attempt;
  const key = `${stage} ${attempt.attempt}`;
  const parts: Section[] = [];
  for (const [index, { phase, item, at, from }] of phases.entries()) {
    const end = { to: phases[index + 1]?.from ?? length, endedAt: phases[index + 1]?.at ?? endedAt };
    const failed = hasError(attempt, from, end.to) || (index === phases.length - 1 && state === 'failed');
    const made = { attempt, from, startedAt: at, ...end, failed };
    const last = parts.at(-1);
    // The items of a phase begin it again.
    const again = last?.title === phase ? last : undefined;
    if (again) Object.assign(again, { ...end, failed: again.failed || failed });
    const holder: Section = again ?? { ...made, key: `${key}/${index}`, level: 'phase', title: phase, parts: [] };
    if (!again) parts.push(holder);
    if (item !== null && end.to > from)
      holder.parts.push({ ...made, key: `${key}/${index}/item`, level: 'item', title: item, parts: [] });
  }
  const failed = hasError(attempt, 0, length) || state === 'failed';
  return { key, level: 'stage', title, attempt, from: 0, to: length, startedAt, endedAt, failed, parts };
}

function hasError({ errors }: LogAttempt, from: number, to: number): boolean {
  const first = errors[matchFrom(errors, from)];
  return first !== undefined && first >= from && first < to;
}

/** Fewer lines than these are shown as they are: a heading in their place would save nothing. */
const leastLines = { stage: 30, phase: 30, item: 1 } as const;

/** Whether it is folded until somebody opens it: what has ended well, and is long. A stage with phases shows them. */
export function foldsItself({ level, endedAt, failed, from, to, parts }: Section): boolean {
  if (endedAt === null || failed) return false;
  return to - from >= leastLines[level] && !(level === 'stage' && parts.length > 0);
}

/** Which sections are open: what somebody chose, else what a section does by itself. */
export class Folding {
  readonly #folded = new Set<string>();
  readonly #chosen = new Map<string, boolean>();

  /** Folds what has ended since. Not while somebody reads: lines would go from under their eyes. */
  settle(sections: Iterable<Section>): void {
    for (const section of sections) if (foldsItself(section)) this.#folded.add(section.key);
  }

  isOpen({ key }: Section): boolean {
    return this.#chosen.get(key) ?? !this.#folded.has(key);
  }

  choose({ key }: Section, open: boolean): void {
    this.#chosen.set(key, open);
  }
}

export function* allSections(outlines: readonly Outline[]): Generator<Section> {
  for (const { whole } of outlines) yield* withParts(whole);
}

function* withParts(section: Section): Generator<Section> {
  yield section;
  for (const part of section.parts) yield* withParts(part);
}
