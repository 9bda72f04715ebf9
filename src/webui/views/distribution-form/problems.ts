/** What the server found wrong with a definition, by the place in the form where it is fixed. */

import type * as z from 'zod';
import { jsonPointer, type LdfError } from '../../../errors.ts';
import type { Detail } from '../../../model/problem.ts';
import type { Path } from './draft.ts';

export type Problem = z.infer<typeof Detail>;

/** One for each problem of a definition that could not be planned. */
export function problemsOf(error: LdfError | null): Problem[] {
  if (!error) return [];
  return error.details.length > 0 ? error.details : [{ pointer: '', message: error.message, ...withHint(error.hint) }];
}

function withHint(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}

/** Those that belong to a key; with `below` also to what it holds. */
export function problemsAt(problems: readonly Problem[], path: Path, below = false): Problem[] {
  const pointer = jsonPointer(path);
  return problems.filter(
    (problem) => problem.pointer === pointer || (below && problem.pointer.startsWith(`${pointer}/`)),
  );
}

/** As the server says it of a key; a form says it otherwise. */
const missing = 'is missing';

/** One line for the field; undefined without a problem, so that it can be handed to an input. */
export function told(problems: readonly Problem[]): string | undefined {
  if (problems.length === 0) return undefined;
  return problems
    .map(({ message, hint }) => (message === missing ? 'Required.' : sentence(hint ? `${message}. ${hint}` : message)))
    .join(' ');
}

function sentence(text: string): string {
  // The id of a component stays as it is written.
  const first = /^\S*[/_=]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
