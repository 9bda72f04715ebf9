/**
 * The wanted options in a kernel that is finished: nothing can be set any more, only found. There is no Kconfig to ask
 * either, so what an option would depend on is not told.
 */
import { isDefinition, originText, pointerOf } from '../../src/stages/origin.ts';
import type { WantedOption } from '../../src/stages/prepare/contract.ts';
import type { SymbolType } from '../kernel-builder/config-file.ts';
import { placeOf } from '../kernel-builder/explain-option.ts';
import { type OptionVerdict, optionFailure } from '../kernel-builder/option-problems.ts';
import { type UnheldOption, unheldOptions } from '../kernel-builder/wanted-options.ts';

/**
 * Options that hold are fine, whoever asked for them. Of the others, components' defaults give way to the definition's
 * choice of this kernel, and so do optional wishes. `kernel`: such as "Linux 6.12.118+deb13-cloud-amd64".
 */
export function judgeFinished(
  options: readonly WantedOption[],
  config: ReadonlyMap<string, string>,
  kernel: string,
): OptionVerdict {
  const unheld = unheldOptions(options, typesIn(config), config);
  const mayGiveWay = ({ option }: UnheldOption) => option.strength !== 'required';
  return {
    failure: optionFailure(
      'kernel.option-not-held',
      unheld.filter((one) => !mayGiveWay(one)).map((one) => describe(one, kernel)),
    ),
    notHeld: unheld
      .filter(mayGiveWay)
      .map((one) => ({ symbol: one.option.symbol, reason: describe(one, kernel).message })),
  };
}

/** The types of the symbols that a .config mentions, as far as their values tell: a bool looks like a tristate. */
function typesIn(config: ReadonlyMap<string, string>): Map<string, SymbolType> {
  const typeOf = (value: string): SymbolType => {
    if (value.startsWith('"')) return 'string';
    if (/^[ymn]$/.test(value)) return 'tristate';
    return value.startsWith('0x') ? 'hex' : 'int';
  };
  return new Map([...config].map(([symbol, value]) => [symbol, typeOf(value)]));
}

function describe({ option, found }: UnheldOption, kernel: string) {
  const { symbol, value, orModule, from } = option;
  const wish = isDefinition(from)
    ? `${symbol} should be ${value}`
    : `${originText(from)} asks for ${symbol}=${orModule ? 'y or m' : value}`;
  const giveUp = isDefinition(from)
    ? `leave ${symbol} out of ${placeOf(from)}`
    : `something else than ${originText(from)}`;
  return {
    pointer: pointerOf(from, '/kernel/source'),
    message: `${wish}, but in the packaged ${kernel} it is ${found ?? 'off'}`,
    value,
    hint: `The options of a packaged kernel cannot be changed: choose a kernel.source that is compiled, such as debian, or ${giveUp}.`,
  };
}
