/**
 * Queries: questions that a stage image answers outside any build. Each is asked in a container of a stage, with what that
 * stage may do; the answer is a list of entries in one file.
 */
import * as z from 'zod';
import { bounds } from '../definition/bounds.ts';
import { KernelSymbol } from '../definition/definition.ts';
import { LockedPackage } from './lock.ts';
import type { QueryName, StageName } from './names.ts';

/** packages needs a network, as resolve has it; kconfig the source store, as prepare reads it. */
export const queryStages = { packages: 'resolve', kconfig: 'prepare' } as const satisfies Record<QueryName, StageName>;

/** The file with the entries, below /ldf/out. */
export const answerFile = 'answer.json';

export const SuiteName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of a suite such as trixie');

/** A package of a suite, at its newest version. */
export const PackageEntry = z.strictObject({ name: z.string(), version: z.string(), summary: z.string() });
export type PackageEntry = z.infer<typeof PackageEntry>;

/** A symbol of a kernel source, as it is for one architecture. */
export const KconfigEntry = z.strictObject({
  symbol: KernelSymbol,
  type: z.enum(['bool', 'tristate', 'string', 'int', 'hex']),
  /** null: it cannot be set by itself, other options select it. */
  prompt: z.string().nullable(),
  help: z.string().nullable(),
});
export type KconfigEntry = z.infer<typeof KconfigEntry>;

export const queryParams = {
  packages: z.strictObject({ suite: SuiteName }),
  kconfig: z.strictObject({ sources: z.array(LockedPackage).max(bounds.kernelSources) }),
} as const satisfies Record<QueryName, z.ZodType>;

export const queryEntries = { packages: PackageEntry, kconfig: KconfigEntry } as const satisfies Record<
  QueryName,
  z.ZodType
>;

/** What result.json says besides the answer's file. */
export const QueryData = z.strictObject({ entries: z.int().nonnegative() });

export type QueryParams = { [Query in QueryName]: z.infer<(typeof queryParams)[Query]> };
export type QueryEntry = { [Query in QueryName]: z.infer<(typeof queryEntries)[Query]> };
