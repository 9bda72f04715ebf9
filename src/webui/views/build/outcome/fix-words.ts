/** What a fix does, in the words of its button, and where in the definition it is. Pure. */
import { pointerKeys } from '../../../../errors.ts';
import type { Fix } from '../../../../fix.ts';
import type { Failure } from '../../../../model/problem.ts';

/** `image.size`, as the definition's reference has it. */
export function placeName(pointer: string): string {
  return pointerKeys(pointer).join('.');
}

/** `Set image.size to 949M and rebuild`; of an entry of a list, what it is called. */
export function fixWords({ pointer, from, to }: Fix): string {
  const isEntry = /^\d+$/.test(pointerKeys(pointer).at(-1) ?? '');
  if (to === null) return `Remove ${isEntry ? from : placeName(pointer)} and rebuild`;
  if (isEntry && from !== null) return `Replace ${from} with ${to} and rebuild`;
  return `Set ${placeName(pointer)} to ${to} and rebuild`;
}

/** Each once, the best of every problem first. */
export function fixesOf({ details }: Pick<Failure, 'details'>): Fix[] {
  const most = Math.max(0, ...details.map(({ fixes = [] }) => fixes.length));
  const inTurn = Array.from({ length: most }, (_, rank) =>
    details.flatMap(({ fixes = [] }) => fixes[rank] ?? []),
  ).flat();
  const words = inTurn.map(fixWords);
  return inTurn.filter((_, index) => words.indexOf(words[index] ?? '') === index);
}

/** The places that a failure names, each once. */
export function placesOf({ details }: Pick<Failure, 'details'>): string[] {
  return [...new Set(details.map(({ pointer }) => pointer).filter((pointer) => pointer !== ''))];
}
