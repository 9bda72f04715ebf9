import { LdfError } from './errors.ts';

/** Somebody else has changed what is worked on here: a lease ran out unnoticed, as while this process was stopped. */
export class FencedError extends LdfError {
  constructor(message: string) {
    super('state.conflict', message);
  }
}
