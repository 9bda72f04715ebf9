import { packageContract } from '../../src/stages/package/contract.ts';
import { main } from '../contract/program.ts';
import { packageImage } from './package.ts';

await main({ package: { contract: packageContract, run: packageImage } });
