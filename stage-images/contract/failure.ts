/** How a stage ends when it cannot do what was asked of it. */
import type * as z from 'zod';
import type { StageError } from '../../src/stages/contract.ts';

/** Ends the stage with exit 1 (the user's fault) or, with `fault: 'ours'`, exit 2; all of it goes into result.json. */
export class StageFailure extends Error {
  override readonly name = 'StageFailure';
  constructor(
    readonly error: z.input<typeof StageError>,
    readonly fault: 'user' | 'ours' = 'user',
  ) {
    super(error.message);
  }
}
