/** The query `packages`: what a suite has. It is answered in a container of resolve, which has a network. */
import * as z from 'zod';
import type { QueryContract } from '../contract.ts';

export const SuiteName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of a suite such as trixie');

/** A package of a suite, at its newest version. */
export const PackageEntry = z.strictObject({ name: z.string(), version: z.string(), summary: z.string() });
export type PackageEntry = z.infer<typeof PackageEntry>;

/** As the stage image lists it: with the virtual packages that it provides, where there are any. */
export const IndexedPackage = PackageEntry.extend({ provides: z.array(z.string()).optional() });
export type IndexedPackage = z.infer<typeof IndexedPackage>;

export const packagesQuery = {
  query: 'packages',
  params: z.strictObject({ suite: SuiteName }),
  entry: IndexedPackage,
} as const satisfies QueryContract;
export type PackagesQueryParams = z.infer<typeof packagesQuery.params>;
