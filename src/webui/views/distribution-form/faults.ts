/** What the server found wrong with a definition, by the place in the form where it is mended. */

import type * as z from 'zod';
import { jsonPointer, type LdfError } from '../../../errors.ts';
import type { Detail } from '../../../model/problem.ts';
import type { Path } from './draft.ts';

export type Fault = z.infer<typeof Detail>;

/** One for each fault of a definition that could not be planned. */
export function faultsOf(error: LdfError | null): Fault[] {
  if (!error) return [];
  return error.details.length > 0 ? error.details : [{ pointer: '', message: error.message, ...withHint(error.hint) }];
}

function withHint(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}

/** Those that belong to a key; with `below` also to what it holds. */
export function faultsAt(faults: readonly Fault[], path: Path, below = false): Fault[] {
  const pointer = jsonPointer(path);
  return faults.filter((fault) => fault.pointer === pointer || (below && fault.pointer.startsWith(`${pointer}/`)));
}

/** One line for the field; undefined without a fault, so that it can be handed to an input. */
export function told(faults: readonly Fault[]): string | undefined {
  if (faults.length === 0) return undefined;
  return faults.map(({ message, hint }) => sentence(hint ? `${message}. ${hint}` : message)).join(' ');
}

function sentence(text: string): string {
  // The id of a component stays as it is written.
  const first = /^\S*[/_=]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
