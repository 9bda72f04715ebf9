/** Completion of a text area's text: what is offered at the caret, and the keys that choose from it. */
import { type KeyboardEvent, type RefObject, useState } from 'react';
import type { Complete, Completion } from './completion.ts';

/** More are found by another letter. */
const mostShown = 8;

export function useCompletion(area: RefObject<HTMLTextAreaElement | null>, complete: Complete | undefined) {
  const [shown, setShown] = useState<{ offers: readonly Completion[]; chosen: number }>();
  const offers = shown?.offers ?? [];
  const close = () => setShown(undefined);
  const suggest = (least: number) => {
    const { current } = area;
    if (!current || !complete || current.selectionStart !== current.selectionEnd) return close();
    const at = current.selectionStart;
    const found = complete(current.value, at).filter(({ from }) => at - from >= least);
    setShown(found.length === 0 ? undefined : { offers: found.slice(0, mostShown), chosen: 0 });
  };
  const accept = (offer: Completion | undefined) => {
    const { current } = area;
    if (!current || !offer) return;
    current.focus();
    current.setSelectionRange(offer.from, current.selectionStart);
    insert(offer.text);
    close();
  };
  const move = (by: number) =>
    setShown((before) => before && { ...before, chosen: (before.chosen + by + offers.length) % offers.length });
  const acceptChosen = () => accept(offers[shown?.chosen ?? 0]);
  const keys = new Map([
    ['ArrowDown', () => move(1)],
    ['ArrowUp', () => move(-1)],
    ['Enter', acceptChosen],
    ['Tab', acceptChosen],
    ['Escape', close],
  ]);
  return {
    offers,
    chosen: shown?.chosen ?? 0,
    close,
    accept,
    /** After a letter was typed. */
    typed: () => suggest(1),
    onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
      const asked = event.key === ' ' && event.ctrlKey;
      const act = shown && !event.shiftKey ? keys.get(event.key) : undefined;
      if (asked) suggest(0);
      else if (act) act();
      else if (event.key === 'Enter' && !event.shiftKey) insert(`\n${indentBehind(event.currentTarget)}`);
      else return;
      event.preventDefault();
    },
  };
}

/** Deprecated, and the one way to write into a text area that the browser's own undo takes back. */
function insert(text: string): void {
  document.execCommand('insertText', false, text);
}

/** A new line begins where the one before it does; behind a key without a value, one level in. */
function indentBehind({ value, selectionStart }: HTMLTextAreaElement): string {
  const line = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
  const indent = /^ */.exec(line)?.[0] ?? '';
  return /^ *(- +)*[A-Za-z][\w-]*: *$/.test(line) ? `${indent}  ` : indent;
}
