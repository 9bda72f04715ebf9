/** Planning finds every fault before it gives up: they are collected here and thrown together. */
import { type ErrorDetail, LdfError, printable } from '../errors.ts';

export class Faults {
  readonly #details: ErrorDetail[] = [];

  add(pointer: string, message: string, options: { value?: unknown; hint?: string } = {}): void {
    const detail: ErrorDetail = { pointer, message };
    if (options.value !== undefined) detail.value = printable(options.value);
    if (options.hint !== undefined) detail.hint = options.hint;
    this.#details.push(detail);
  }

  get found(): boolean {
    return this.#details.length > 0;
  }

  get details(): readonly ErrorDetail[] {
    return this.#details;
  }

  /** @throws LdfError `definition.impossible` when there is any fault. */
  throwIfAny(name: string): void {
    if (!this.found) return;
    const count = this.#details.length;
    throw new LdfError(
      'definition.impossible',
      `${name} cannot be built: ${count === 1 ? 'there is a fault' : `there are ${count} faults`}.`,
      { details: this.#details },
    );
  }
}
