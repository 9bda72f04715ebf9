import { compileFinishedContract } from '../../src/stages/compile/contract.ts';
import { initramfsContract } from '../../src/stages/initramfs/contract.ts';
import { packageContract } from '../../src/stages/package/contract.ts';
import { prepareFinishedContract } from '../../src/stages/prepare/contract.ts';
import { main } from '../contract/program.ts';
import { makeInitramfs } from './initramfs.ts';
import { packFinished } from './pack-finished.ts';
import { packageImage } from './package.ts';
import { prepareFinished } from './prepare-finished.ts';

await main({
  prepare: { contract: prepareFinishedContract, run: prepareFinished },
  compile: { contract: compileFinishedContract, run: packFinished },
  initramfs: { contract: initramfsContract, run: makeInitramfs },
  package: { contract: packageContract, run: packageImage },
});
