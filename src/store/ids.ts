import { monotonicFactory } from 'ulid';

const nextUlid = monotonicFactory();

/** A ULID in lower case: sorts by time, and may be part of a volume's name. */
export function newId(): string {
  return nextUlid().toLowerCase();
}
