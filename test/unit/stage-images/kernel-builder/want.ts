import { optionPointer } from '../../../../src/definition/kernel-symbol.ts';
import { fromDefinition } from '../../../../src/stages/origin.ts';
import type { WantedOption } from '../../../../src/stages/prepare/contract.ts';

/** An option that the definition asks for, unless `more` says otherwise. */
export const want = (symbol: string, value: string, more: Partial<WantedOption> = {}): WantedOption => ({
  symbol: `CONFIG_${symbol}`,
  value,
  orModule: false,
  strength: 'required',
  from: fromDefinition(optionPointer(`CONFIG_${symbol}`)),
  ...more,
});
