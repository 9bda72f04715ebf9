import * as z from 'zod';

/** Kconfig: a symbol as it stands in .config. */
export const KernelSymbol = z
  .string()
  .regex(/^CONFIG_[A-Za-z0-9_]{1,100}$/, 'must be a kernel option such as CONFIG_IKCONFIG');
