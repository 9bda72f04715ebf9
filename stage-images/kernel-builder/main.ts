import { compileSourceContract } from '../../src/stages/compile/contract.ts';
import { prepareSourceContract } from '../../src/stages/prepare/contract.ts';
import { kconfigQuery } from '../../src/stages/prepare/kconfig-query.ts';
import { main } from '../contract/program.ts';
import { compile } from './compile.ts';
import { listSymbols } from './list-symbols.ts';
import { prepare } from './prepare.ts';

await main(
  {
    prepare: { contract: prepareSourceContract, run: prepare },
    compile: { contract: compileSourceContract, run: compile },
  },
  { kconfig: { contract: kconfigQuery, run: listSymbols } },
);
