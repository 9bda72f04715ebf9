/** All queries, and the stage in whose container each is answered. For the server: a stage image knows its own only. */
import type * as z from 'zod';
import type { QueryContract } from './contract.ts';
import type { QueryName, StageName } from './names.ts';
import { kconfigQuery } from './prepare/kconfig-query.ts';
import { packagesQuery } from './resolve/packages-query.ts';

/** packages needs a network, as resolve has it; kconfig the source store, as prepare reads it. */
export const queryStages = { packages: 'resolve', kconfig: 'prepare' } as const satisfies Record<QueryName, StageName>;

export const queryContracts = { packages: packagesQuery, kconfig: kconfigQuery } as const satisfies Record<
  QueryName,
  QueryContract
>;

export type QueryParams = { [Query in QueryName]: z.infer<(typeof queryContracts)[Query]['params']> };
export type QueryEntry = { [Query in QueryName]: z.infer<(typeof queryContracts)[Query]['entry']> };
