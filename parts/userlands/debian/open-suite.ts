/** The suite that packages are chosen from. */
import type { PackagesWish } from '../../../src/stages/resolve/contract.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import type { ResolveContext } from '../userland.ts';
import type { AptSuite } from './apt.ts';
import { Suites } from './suites.ts';

/** The suite of a wish; one that there is not is told with its place in the definition. */
export async function openSuite(context: ResolveContext, { suite }: PackagesWish): Promise<AptSuite> {
  try {
    return await Suites.of(context).open(suite);
  } catch (error) {
    throw pointingAt(error, '/userland/suite', suite);
  }
}

/** Adds the place in the definition to an unknown suite. */
function pointingAt(error: unknown, pointer: string, value: string): unknown {
  if (!(error instanceof StageFailure) || error.error.code !== 'suite.unknown') return error;
  const { message, hint } = error.error;
  return new StageFailure({
    ...error.error,
    details: [{ pointer, message, value: JSON.stringify(value), ...(hint ? { hint } : {}) }],
  });
}
