import * as z from 'zod';
import { jsonPointer } from '../errors.ts';

/** Kconfig: a symbol as it stands in .config. */
export const KernelSymbol = z
  .string()
  .regex(/^CONFIG_[A-Za-z0-9_]{1,100}$/, 'must be a kernel option such as CONFIG_IKCONFIG');

/** Where the definition sets an option, as a JSON pointer (RFC 6901). */
export function optionPointer(symbol: string): string {
  return jsonPointer(['kernel', 'config', 'options', symbol]);
}
