/** From the options that did not hold to what the stage does about them: an error that names all, or a report. */

import { isDefinition } from '../../src/stages/origin.ts';
import type { PrepareData } from '../../src/stages/prepare/contract.ts';
import { StageFailure } from '../contract/failure.ts';
import { type Circumstances, explainOption, type Finding } from './explain-option.ts';
import type { Explanation } from './kconfig.ts';
import type { UnheldOption } from './wanted-options.ts';

type Explained = UnheldOption & Finding;

export interface OptionVerdict {
  /** What the stage must fail with, or undefined. */
  failure: StageFailure | undefined;
  /** The wishes that did not hold and need not, with the reason. */
  notHeld: PrepareData['notHeld'];
}

/** `forbidden` are settings that hold but cannot be built. @throws Error when an explanation is missing. */
export function judge(
  unheld: readonly UnheldOption[],
  explanations: ReadonlyMap<string, Explanation>,
  forbidden: readonly Finding['detail'][],
  circumstances: Circumstances,
): OptionVerdict {
  const explained = unheld.map((one) => {
    const explanation = explanations.get(one.option.symbol);
    if (!explanation) throw new Error(`there is no explanation of ${one.option.symbol}`);
    return { ...one, ...explainOption(one, explanation, circumstances) };
  });
  const yielding = findYielding(explained);
  const fatal = explained.filter((one) => one.option.strength !== 'optional' && !yielding.has(one));
  const notHeld = explained
    .filter((one) => !fatal.includes(one))
    .map(({ option, detail }) => ({ symbol: option.symbol, reason: detail.message }));
  const details = [...fatal.map(({ detail }) => detail), ...forbidden];
  return { failure: optionFailure(errorCode(fatal), details), notHeld };
}

/** A component's default gives way to what the definition asks for, and so does a default that needs such a default. */
function findYielding(explained: readonly Explained[]): ReadonlySet<Explained> {
  const yielding = new Set<Explained>();
  const gone = new Set<string>();
  for (let before = -1; before < yielding.size; ) {
    before = yielding.size;
    for (const one of explained) {
      const { option, obstacle, lacks } = one;
      const isInTheWay = obstacle !== undefined && isDefinition(obstacle.from);
      if (option.strength !== 'default' || (!isInTheWay && !lacks.some((symbol) => gone.has(symbol)))) continue;
      yielding.add(one);
      gone.add(option.symbol);
    }
  }
  return yielding;
}

/** One error for all options that cannot be had; undefined when there are none. */
export function optionFailure(code: string, details: readonly Finding['detail'][]): StageFailure | undefined {
  const [first] = details;
  if (!first) return undefined;
  const single = details.length === 1;
  return new StageFailure({
    code,
    message: single ? `${first.message}.` : `${details.length} kernel options are not available: ${list(details)}.`,
    hint: (single && first.hint) || 'Each option is listed with what it lacks and what to do about it.',
    details: [...details],
  });
}

/** Enough to see what is wrong where only the message is shown; the details have all. */
function list(details: readonly Finding['detail'][]): string {
  const shown = details.slice(0, 5).map(({ message }) => message);
  return [...shown, ...(details.length > shown.length ? [`and ${details.length - shown.length} more`] : [])].join('; ');
}

function errorCode(fatal: readonly UnheldOption[]): string {
  if (fatal.length === 0) return 'kernel.option-unbuildable';
  return fatal.every(({ type }) => type === undefined) ? 'kernel.option-unknown' : 'kernel.option-not-held';
}
