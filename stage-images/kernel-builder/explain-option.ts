/** Words for a kernel option that did not hold: what is wrong, by whose wish, and what to do about it. */
import type * as z from 'zod';
import type { StageErrorDetail } from '../../src/stages/contract.ts';
import { isDefinition, originText, pointerOf } from '../../src/stages/origin.ts';
import type { WantedOption } from '../../src/stages/prepare/contract.ts';
import { configLine, type SymbolType } from './config-file.ts';
import type { Explanation } from './kconfig.ts';
import type { UnheldOption } from './wanted-options.ts';

/** What an explanation may refer to besides the option itself. */
export interface Circumstances {
  /** All wishes, so that one that stands in the way of another is named. */
  options: readonly WantedOption[];
  config: ReadonlyMap<string, string>;
  /** Such as "Linux 6.12.57 for x86_64". */
  kernel: string;
}

export interface Finding {
  detail: z.infer<typeof StageErrorDetail>;
  /** The wish that stands in the way, when it is one. */
  obstacle: WantedOption | undefined;
  /** The options in the conditions that do not hold. */
  lacks: string[];
}

interface Cause {
  reason: string;
  hint: string;
  obstacle?: WantedOption | undefined;
}

type KnownExplanation = Extract<Explanation, { known: true }>;

/** Says why an option does not hold. The pointer leads into the definition if a wish of the definition has a part in it. */
export function explainOption(unheld: UnheldOption, explanation: Explanation, circumstances: Circumstances): Finding {
  const { option, type, found } = unheld;
  const { symbol, value, from } = option;
  const { reason, hint, obstacle } = findCause(unheld, explanation, circumstances);
  const claim = type === undefined ? '' : `${symbol} should be ${value} but is ${found ?? 'off'}: `;
  const blamed = [option, obstacle].find((wish) => wish && isDefinition(wish.from));
  return {
    detail: {
      pointer: blamed ? pointerOf(blamed.from) : '',
      message: (isDefinition(from) ? claim : `${originText(from)} asks for ${symbol}=${value}: `) + reason,
      value,
      hint,
    },
    obstacle,
    lacks: explanation.known ? symbolsOf(explanation) : [],
  };
}

function findCause(
  { option, type, found }: UnheldOption,
  explanation: Explanation,
  circumstances: Circumstances,
): Cause {
  const { symbol, value } = option;
  if (type === undefined || !explanation.known) return unknownSymbol(symbol, explanation, circumstances.kernel);
  if (configLine(symbol, type, value) === undefined) return wrongType(type, value);
  const rival = findRival(option, circumstances.options);
  if (rival)
    return { reason: `${asked(rival)} sets it to ${rival.value}`, hint: 'Give up one of the two.', obstacle: rival };
  if (value === 'm' && circumstances.config.get('CONFIG_MODULES') !== 'y')
    return { reason: 'CONFIG_MODULES is off, so there are no modules', hint: 'Set CONFIG_MODULES to y as well.' };
  const { selectedBy, choice, range, settable, selectors, unmet } = explanation;
  if (isMore(found, value) && selectedBy.length > 0)
    return { reason: `it is needed by ${list(selectedBy)}`, hint: `${leaveOut(option)}, or switch off what needs it.` };
  if (unmet.length > 0) return unmetDependency(option, explanation, circumstances.options);
  if (!settable) return notSettable(option, selectors);
  if (choice !== null && choice !== symbol) return notChosen(choice, circumstances.options);
  if (range)
    return { reason: `it must be from ${range[0]} to ${range[1]}`, hint: 'Choose a value within these limits.' };
  return { reason: 'Kconfig gives it another value', hint: `${leaveOut(option)}.` };
}

function unknownSymbol(symbol: string, explanation: Explanation, kernel: string): Cause {
  const near = explanation.known ? [] : explanation.near;
  const hint = 'Correct its name or leave it out; options come and go between versions.';
  return {
    reason: `${kernel} has no option ${symbol}`,
    hint: near.length > 0 ? `Did you mean ${list(near, 'or')}?` : hint,
  };
}

const typeRules: Readonly<Record<SymbolType, string>> = {
  bool: 'y or n',
  tristate: 'y, m or n',
  int: 'a whole number',
  hex: 'a number, decimal or with 0x before it',
  string: 'a text',
};

function wrongType(type: SymbolType, value: string): Cause {
  const rule = typeRules[type];
  const module = type === 'bool' && value === 'm';
  return {
    reason: module ? 'it cannot be a module' : `its value must be ${rule}`,
    hint: module ? 'Write y to build it in.' : `Write ${rule}.`,
  };
}

/** Names the conditions that fail, with the values of the options in them, and whose wish it is that one of them is off. */
function unmetDependency(option: WantedOption, explanation: KnownExplanation, options: readonly WantedOption[]): Cause {
  const { unmet, enable } = explanation;
  const reason = `it depends on ${unmet.map((part) => describeCondition(part, options)).join(' and on ')}`;
  const obstacle = symbolsOf(explanation)
    .map((name) => wishFor(name, options))
    .find((wish) => wish?.value === 'n');
  if (obstacle)
    return { reason, hint: `Take ${obstacle.symbol}=n back, or ${lowerFirst(leaveOut(option))}.`, obstacle };
  if (enable === null || enable.length === 0) return { reason, hint: `${leaveOut(option)}.` };
  return {
    reason,
    hint: `Set ${list(enable)} to y in kernel.config.options, or ${lowerFirst(leaveOut(option))}.`,
  };
}

function symbolsOf({ unmet }: KnownExplanation): string[] {
  return unmet.flatMap(({ values }) => Object.keys(values));
}

function describeCondition(
  { expression, values }: KnownExplanation['unmet'][number],
  options: readonly WantedOption[],
): string {
  const states = Object.entries(values).map(([name, value]) => {
    const wish = wishFor(name, options);
    const why = wish?.value === 'n' ? `, as ${asked(wish)} asks` : '';
    const state = `${value === null ? 'does not exist here' : `is ${value}`}${why}`;
    return name === expression ? state : `${name} ${state}`;
  });
  return states.length > 0 ? `${expression} (${states.join('; ')})` : expression;
}

function notSettable(option: WantedOption, selectors: readonly string[]): Cause {
  return {
    reason: 'it cannot be set by itself: it is on when another option needs it',
    hint:
      selectors.length > 0 ? `Set an option that needs it, such as ${list(selectors, 'or')}.` : `${leaveOut(option)}.`,
  };
}

function notChosen(choice: string, options: readonly WantedOption[]): Cause {
  const chosenBy = wishFor(choice, options);
  return {
    reason: `it is one of a choice, and ${choice} is the one chosen${chosenBy ? `, as ${asked(chosenBy)} asks` : ''}`,
    hint: 'Give up one of the two: only one of a choice can be on.',
    obstacle: chosenBy,
  };
}

function findRival(option: WantedOption, options: readonly WantedOption[]): WantedOption | undefined {
  const { symbol, value, from } = option;
  return options.find(
    (other) => other.symbol === symbol && other.value !== value && originText(other.from) !== originText(from),
  );
}

/** The definition's wish counts before a component's. */
function wishFor(symbol: string, options: readonly WantedOption[]): WantedOption | undefined {
  const wishes = options.filter((option) => option.symbol === symbol);
  return wishes.find(({ from }) => isDefinition(from)) ?? wishes.at(-1);
}

function asked({ from }: WantedOption): string {
  return isDefinition(from) ? 'the definition' : originText(from);
}

function leaveOut({ symbol, from }: WantedOption): string {
  return isDefinition(from)
    ? `Leave ${symbol} out of ${placeOf(from)}`
    : `Choose something else than ${originText(from)}`;
}

/** The key of the definition that asks for an option. */
export function placeOf({ pointer }: Extract<WantedOption['from'], { kind: 'definition' }>): string {
  const [, fragment] = /^\/kernel\/config\/fragments\/(\d+)\//.exec(pointer) ?? [];
  return fragment === undefined ? 'kernel.config.options' : `kernel.config.fragments[${fragment}]`;
}

/** Whether an option is further on than wanted. */
function isMore(found: string | undefined, wanted: string): boolean {
  return 'nmy'.indexOf(found ?? 'n') > 'nmy'.indexOf(wanted);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function list(names: readonly string[], conjunction = 'and'): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${conjunction} ${names.at(-1)}`;
}
