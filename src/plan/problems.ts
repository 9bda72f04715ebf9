/** Planning finds every problem before it gives up: they are collected here and thrown together. */
import { countedProblems, type ErrorDetail, LdfError, maxDetails, printable } from '../errors.ts';
import type { Fix } from '../fix.ts';

export class Problems {
  readonly #details: ErrorDetail[] = [];
  #count = 0;

  /** Beyond `maxDetails` problems are only counted. */
  add(pointer: string, message: string, options: { value?: unknown; hint?: string; fixes?: Fix[] } = {}): void {
    this.#count += 1;
    if (this.full) return;
    const detail: ErrorDetail = { pointer, message };
    if (options.value !== undefined) detail.value = printable(options.value);
    if (options.hint !== undefined) detail.hint = options.hint;
    if (options.fixes !== undefined) detail.fixes = options.fixes;
    this.#details.push(detail);
  }

  /** Takes over what another step of planning found. */
  addAll(details: readonly ErrorDetail[]): void {
    this.#count += details.length;
    this.#details.push(...details.slice(0, maxDetails - this.#details.length));
  }

  get found(): boolean {
    return this.#count > 0;
  }

  /** No more problems are named: who would word another one can spare the trouble, but for adding it. */
  get full(): boolean {
    return this.#details.length >= maxDetails;
  }

  get details(): readonly ErrorDetail[] {
    return this.#details;
  }

  /** @throws LdfError `definition.impossible` when there is any problem. */
  throwIfAny(name: string): void {
    if (!this.found) return;
    const verb = this.#count === 1 ? 'there is' : 'there are';
    throw new LdfError('definition.impossible', `${name} cannot be built: ${verb} ${countedProblems(this.#count)}.`, {
      details: this.#details,
    });
  }
}
