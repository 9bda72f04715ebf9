import { compileFinishedContract } from '../../src/stages/compile/contract.ts';
import { packageContract } from '../../src/stages/package/contract.ts';
import { prepareFinishedContract } from '../../src/stages/prepare/contract.ts';
import { main } from '../contract/program.ts';
import { packFinished } from './pack-finished.ts';
import { packageImage } from './package.ts';
import { prepareFinished } from './prepare-finished.ts';

await main({
  prepare: { contract: prepareFinishedContract, run: prepareFinished },
  compile: { contract: compileFinishedContract, run: packFinished },
  package: { contract: packageContract, run: packageImage },
});
