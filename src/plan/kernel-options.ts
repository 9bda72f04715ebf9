/**
 * One list of wanted kernel options out of what the components and the definition say. A component's `options` are what
 * it cannot work without; its `defaults` give way to the definition and to anybody's `options`; `optional` wishes give
 * way to everything.
 */
import { componentId } from '../catalog/catalog.ts';
import type { Contributions } from '../catalog/component.ts';
import { parseConfig, plainValue } from '../definition/dot-config.ts';
import type { KernelConfig } from '../definition/kernel-config.ts';
import { optionPointer } from '../definition/kernel-symbol.ts';
import { fromComponent, fromDefinition, type Origin, originText, pointerOf } from '../stages/origin.ts';
import type { WantedOption } from '../stages/prepare/contract.ts';
import type { Selected } from './components.ts';
import type { Problems } from './problems.ts';

type Level = 'options' | 'defaults' | 'optional';

const strengths = { options: 'required', defaults: 'default', optional: 'optional' } as const satisfies Readonly<
  Record<Level, WantedOption['strength']>
>;

/** Sorted by symbol, so that the order of components does not matter to the stage's key. */
export function mergeKernelOptions(
  selected: readonly Selected[],
  contributionsOf: (selected: Selected) => Contributions[],
  config: Pick<KernelConfig, 'fragments' | 'options'>,
  problems: Problems,
): WantedOption[] {
  const required = new Map<string, WantedOption>();
  const soft = new Map<string, WantedOption>();
  // Weakest first: what comes later replaces what came before.
  for (const level of ['optional', 'defaults', 'options'] satisfies Level[]) {
    for (const entry of selected) {
      for (const contribution of contributionsOf(entry)) {
        for (const [symbol, value] of Object.entries(contribution.kernel[level])) {
          const option = wanted(symbol, value, fromComponent(componentId(entry.component)), level);
          if (level === 'options') require(required, option, problems);
          else soft.set(symbol, option);
        }
      }
    }
  }
  const result = new Map([...soft, ...required]);
  for (const option of ofDefinition(config)) {
    const { symbol } = option;
    const needed = required.get(symbol);
    if (!needed) result.set(symbol, option);
    else if (!satisfies(option, needed)) reportRefusal(option, needed, problems);
    else if (option.value !== needed.value) result.set(symbol, option);
  }
  return [...result.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** What the definition asks for: of several wishes for one option that of a later fragment, and `options` before all. */
function ofDefinition({ fragments, options }: Pick<KernelConfig, 'fragments' | 'options'>): WantedOption[] {
  const last = new Map<string, WantedOption>();
  fragments.forEach(({ content }, index) => {
    const from = fromDefinition(`/kernel/config/fragments/${index}/content`);
    for (const [symbol, value] of parseConfig(content))
      last.set(symbol, wanted(symbol, plainValue(value), from, 'options'));
  });
  for (const [symbol, value] of Object.entries(options))
    last.set(symbol, wanted(symbol, value, fromDefinition(optionPointer(symbol)), 'options'));
  return [...last.values()];
}

function wanted(symbol: string, value: string | number, from: Origin, level: Level): WantedOption {
  const orModule = value === 'y|m';
  return { symbol, value: orModule ? 'y' : String(value), orModule, strength: strengths[level], from };
}

/** Two components may need the same option: the stronger need counts, and a real contradiction is a problem. */
function require(required: Map<string, WantedOption>, option: WantedOption, problems: Problems): void {
  const other = required.get(option.symbol);
  if (!other || satisfies(option, other)) required.set(option.symbol, option);
  else if (!satisfies(other, option))
    problems.add('', `${needs(other)}, and ${needs(option)}`, {
      hint: 'Choose another for one of the two components.',
    });
}

/** Does asking for `option` also give what `needed` asks for? */
function satisfies(option: WantedOption, needed: WantedOption): boolean {
  if (option.value === needed.value) return !option.orModule || needed.orModule;
  if (needed.value === 'm') return option.value === 'y' && !option.orModule;
  return needed.orModule && option.value === 'm';
}

function reportRefusal(option: WantedOption, needed: WantedOption, problems: Problems): void {
  problems.add(pointerOf(option.from), needs(needed), {
    value: option.value,
    hint: `Remove the option, or choose something other than ${originText(needed.from)}.`,
  });
}

function needs({ from, symbol, orModule, value }: WantedOption): string {
  return `${originText(from)} needs ${symbol}=${orModule ? 'y or m' : value}`;
}
