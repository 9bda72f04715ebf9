import { main } from '../contract/program.ts';
import { compile } from './compile.ts';
import { listSymbols } from './list-symbols.ts';
import { prepare } from './prepare.ts';

await main({ prepare, compile }, { kconfig: listSymbols });
