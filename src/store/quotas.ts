/** How much the database keeps of what users store: each is read again by somebody, and all of it lies on the data disk. */
import { LdfError } from '../errors.ts';

export const quotas = {
  distributions: 5_000,
  /** All definitions together. */
  definitionBytes: 2 ** 30,
  /** All locks of distributions together. */
  lockBytes: 2 ** 30,
  /** Components of users'. */
  components: 500,
  /** All of them together: they are read at each change. */
  componentBytes: 32 << 20,
  /** Definitions, components and locks of builds that wait. */
  queuedBytes: 2 ** 30,
} as const;

export type Quotas = { readonly [Name in keyof typeof quotas]: number };

/** @throws LdfError `quota.reached` */
export function requireWithin(
  what: string,
  used: { count?: number; bytes: number },
  most: { count?: number; bytes: number },
): void {
  const { count = 0, bytes } = used;
  if (most.count !== undefined && count > most.count)
    throw new LdfError(
      'quota.reached',
      `There are ${most.count} ${what} already, which is the most this installation keeps.`,
      {
        hint: 'Remove some that are no longer needed.',
      },
    );
  if (bytes > most.bytes)
    throw new LdfError('quota.reached', `All ${what} together would take more than ${most.bytes >> 20} MiB.`, {
      hint: 'Remove some that are no longer needed, or make this one smaller.',
    });
}
