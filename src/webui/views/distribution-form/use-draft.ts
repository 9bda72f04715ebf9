/** The draft of a form, what the server says of it, and whether there is anything to lose. */
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Choice } from '../../../model/check.ts';
import { componentsQuery } from '../../api.ts';
import { type Draft, type Path, same, withValue } from './draft.ts';
import { packageIndexQuery } from './package-index.ts';
import { type Problem, problemsOf } from './problems.ts';
import { checkQuery, nameTakenQuery, schemaQuery } from './queries.ts';

/** Long enough for a word to be typed, short enough to feel immediate. */
const settleMs = 300;

export interface Beginning {
  draft: Draft;
  /** What the draft was read from: its comments stay while one edits. */
  source?: string;
  /** A text that could not be read as a definition: it is to be fixed first. */
  text?: string;
}

export function useDraft(beginning: Beginning, distribution: string | undefined) {
  const [draft, setDraft] = useState(beginning.draft);
  /** The YAML while it cannot be read; the draft is then what it was before. */
  const [brokenText, setBrokenText] = useState(beginning.text);
  /** The YAML that was last read; the draft may have gone on since. */
  const [source, setSource] = useState(beginning.source);
  const [settled] = useDebouncedValue(draft, settleMs);
  const schema = useQuery(schemaQuery);
  const components = useQuery(componentsQuery);
  const index = useQuery(packageIndexQuery(settled, schema.data));
  const check = useQuery({
    ...checkQuery(settled, distribution, index.dataUpdatedAt),
    placeholderData: keepPreviousData,
  });
  const choices = useLastKnown(check.data?.choices ?? []);
  const { data: nameTaken = false } = useQuery(nameTakenQuery(settled, distribution));
  const { data: checked } = check;
  const problems = useMemo(
    () => [...problemsOf(checked?.error ?? null), ...(nameTaken ? [taken] : [])],
    [checked, nameTaken],
  );
  const indexError = index.error?.message;
  const unchecked = useMemo(() => uncheckedOf(checked?.plan?.unchecked ?? [], indexError), [checked, indexError]);
  const set = useCallback((path: Path, value: unknown) => setDraft((before) => withValue(before, path, value)), []);
  return {
    draft,
    setDraft,
    set,
    source,
    setSource,
    brokenText,
    setBrokenText,
    schema,
    components,
    choices,
    plan: checked?.plan ?? null,
    problems,
    unchecked,
    /** The index of packages is being fetched: its names are checked as soon as it is there. */
    fetchingIndex: index.isLoading,
    /** What keeps the server from judging, such as its absence. */
    trouble: check.error ?? undefined,
    checkAgain: () => void check.refetch(),
    /** The server has not judged yet what stands in the form. */
    waiting: settled !== draft || check.isPlaceholderData || check.isPending,
    dirty: brokenText !== undefined || !same(draft, beginning.draft),
  };
}

/** A definition with problems has no choices: those of before hold until it is fixed. */
function useLastKnown(choices: readonly Choice[]): readonly Choice[] {
  const known = useRef(choices);
  if (choices.length > 0) known.current = choices;
  return known.current;
}

/** Why packages could not be looked up stands where they would be. */
function uncheckedOf(unchecked: readonly Problem[], indexError: string | undefined): readonly Problem[] {
  if (indexError === undefined) return unchecked;
  return unchecked.map((one) => (one.pointer === '/userland/packages' ? { ...one, hint: indexError } : one));
}

export type DraftState = ReturnType<typeof useDraft>;

const taken: Problem = { pointer: '/name', message: 'another distribution has this name', hint: 'Choose another one.' };
