/** The wanted kernel options: what to write into a .config for them, and which of them hold in a finished one. */
import { isDefinition } from '../../src/stages/origin.ts';
import type { WantedOption } from '../../src/stages/prepare/contract.ts';
import { configLine, isValue, type SymbolType } from './config-file.ts';

/** An option that does not hold, with what Kconfig knows its type to be and what it is now. */
export interface UnheldOption {
  option: WantedOption;
  /** undefined: this source does not define the symbol. */
  type: SymbolType | undefined;
  /** As in .config; undefined: absent. */
  found: string | undefined;
}

/**
 * Symbol → line of a .config. Of several wishes for one symbol the last counts, and the definition's before all others.
 * A wish that no line can express (an unknown symbol, a value its type does not take) is left out: it will not hold.
 */
export function assignments(
  options: readonly WantedOption[],
  types: ReadonlyMap<string, SymbolType>,
): Map<string, string> {
  const lines = new Map<string, string>();
  for (const { symbol, value } of byPrecedence(options)) {
    const type = types.get(symbol);
    const line = type && configLine(symbol, type, value);
    if (line !== undefined) lines.set(symbol, line);
  }
  return lines;
}

/** The options that do not hold in `config` (symbol → value as in the file), in the order they were asked for. */
export function unheldOptions(
  options: readonly WantedOption[],
  types: ReadonlyMap<string, SymbolType>,
  config: ReadonlyMap<string, string>,
): UnheldOption[] {
  return options
    .map((option) => ({ option, type: types.get(option.symbol), found: config.get(option.symbol) }))
    .filter((candidate) => !holds(candidate));
}

function holds({ option, type, found }: UnheldOption): boolean {
  // What does not exist is off.
  if (type === undefined) return option.value === 'n';
  if (type === 'tristate' && option.orModule && option.value === 'y' && found === 'm') return true;
  return isValue(type, option.value, found);
}

function byPrecedence(options: readonly WantedOption[]): WantedOption[] {
  return [...options.filter(({ from }) => !isDefinition(from)), ...options.filter(({ from }) => isDefinition(from))];
}
