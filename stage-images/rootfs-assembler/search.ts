/** The query `packages`: what a suite has. */
import { makePart } from '../../parts/part.ts';
import { userlands } from '../../parts/userlands/index.ts';
import { searchedUserland } from '../../src/definition/defaults.ts';
import type { IndexedPackage, PackagesQueryParams } from '../../src/stages/resolve/packages-query.ts';
import type { QueryContext } from '../contract/program.ts';

export function search(context: QueryContext<PackagesQueryParams>): Promise<IndexedPackage[]> {
  return makePart('userland', userlands, { use: searchedUserland, params: {} }).search(context);
}
