/** What the address of a build's page says, where it leaves something to the build. Pure. */
import type { Build } from '../../../model/build.ts';
import type { BuildSearch, LogChoice } from './build-search.ts';

/** Without a choice the log of what failed is shown, for that is what one comes for; else that of all. */
export function choiceOf({ stage, attempt }: BuildSearch, { state, error, stages }: Build): LogChoice {
  if (stage === 'all') return { stage: undefined, attempt: undefined };
  const name = stage ?? (state === 'failed' ? (error?.stage ?? undefined) : undefined);
  const known = stages.find((one) => one.name === name);
  if (!known) return { stage: undefined, attempt: undefined };
  return { stage: known.name, attempt: attempt !== undefined && attempt <= known.attempt ? attempt : undefined };
}

/** The line that `#L12` names, from 0. */
export function lineOf(hash: string): number | undefined {
  const found = /^#?L([1-9][0-9]{0,8})$/.exec(hash);
  return found ? Number(found[1]) - 1 : undefined;
}
