import { assembleContract } from '../../src/stages/assemble/contract.ts';
import { baseContract } from '../../src/stages/base/contract.ts';
import { downloadContract } from '../../src/stages/download/contract.ts';
import { resolveContract } from '../../src/stages/resolve/contract.ts';
import { packagesQuery } from '../../src/stages/resolve/packages-query.ts';
import { main } from '../contract/program.ts';
import { assemble } from './assemble.ts';
import { base } from './base.ts';
import { download } from './download.ts';
import { resolve } from './resolve.ts';
import { search } from './search.ts';

await main(
  {
    resolve: { contract: resolveContract, run: resolve },
    download: { contract: downloadContract, run: download },
    base: { contract: baseContract, run: base },
    assemble: { contract: assembleContract, run: assemble },
  },
  { packages: { contract: packagesQuery, run: search } },
);
