/** The text of a .config: writing assignments as Kconfig reads them, and comparing with what came of them. */
import { symbolOf } from '../../src/definition/dot-config.ts';

/** Kconfig's types of symbols. */
export const symbolTypes = ['bool', 'tristate', 'string', 'int', 'hex'] as const;
export type SymbolType = (typeof symbolTypes)[number];

/** How many options are on, by how. */
export function countOptions(config: ReadonlyMap<string, string>): { builtIn: number; modules: number } {
  const values = [...config.values()];
  return {
    builtIn: values.filter((value) => value === 'y').length,
    modules: values.filter((value) => value === 'm').length,
  };
}

/** `base` without its own assignments of the symbols in `lines`, then `lines`. */
export function mergeConfig(base: string, lines: ReadonlyMap<string, string>): string {
  const kept = base.split(/\r?\n/).filter((line) => {
    const symbol = symbolOf(line);
    return symbol === undefined || !lines.has(symbol);
  });
  return [...kept, ...lines.values(), ''].join('\n');
}

/**
 * The line that assigns `value` to a symbol of `type`. A number of a hex symbol is decimal unless it begins with 0x:
 * YAML turns 0x1000 into the number 4096.
 * @returns undefined when the type does not take such a value.
 */
export function configLine(symbol: string, type: SymbolType, value: string): string | undefined {
  switch (type) {
    case 'bool':
    case 'tristate':
      if (value === 'n') return `# ${symbol} is not set`;
      return value === 'y' || (value === 'm' && type === 'tristate') ? `${symbol}=${value}` : undefined;
    case 'string':
      return `${symbol}=${quote(value)}`;
    case 'int':
      return /^-?[0-9]+$/.test(value) ? `${symbol}=${BigInt(value)}` : undefined;
    case 'hex':
      return isHex(value) ? `${symbol}=0x${BigInt(value).toString(16)}` : undefined;
  }
}

/** Whether `found`, as it stands in a .config (undefined: not at all), is the `wanted` value of a symbol of `type`. */
export function isValue(type: SymbolType, wanted: string, found: string | undefined): boolean {
  switch (type) {
    case 'bool':
    case 'tristate':
      return (found ?? 'n') === wanted;
    case 'string':
      return (found ?? '""') === quote(wanted);
    case 'int':
    case 'hex':
      return (
        found !== undefined &&
        isHex(found.replace('-', '')) &&
        isHex(wanted.replace('-', '')) &&
        sameNumber(found, wanted)
      );
  }
}

function isHex(value: string): boolean {
  return /^(0[xX][0-9a-fA-F]+|[0-9]+)$/.test(value);
}

function sameNumber(a: string, b: string): boolean {
  const number = (text: string) => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));
  return number(a) === number(b);
}

/** Kconfig escapes quotes and backslashes, and nothing else. */
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
