/** What the server found wrong with a definition, by the place in the form where it is mended. */

import type { z } from 'zod';
import { jsonPointer, LdfError } from '../../../errors.ts';
import type { DetailShape } from '../../../shapes/shapes.ts';
import type { Path } from './draft.ts';

export type Fault = z.infer<typeof DetailShape>;

const bodyPrefix = '/definition';

/** The faults that an answer names, with pointers into the definition; undefined for an error of another sort. */
export function faultsOf(error: unknown): Fault[] | undefined {
  if (!(error instanceof LdfError)) return undefined;
  if (error.code !== 'definition.invalid' && error.code !== 'definition.impossible') return undefined;
  if (error.details.length === 0) return [{ pointer: '', message: error.message, ...withHint(error.hint) }];
  return error.details.map((detail) => ({
    ...detail,
    pointer: detail.pointer.startsWith(`${bodyPrefix}/`) ? detail.pointer.slice(bodyPrefix.length) : '',
  }));
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
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
