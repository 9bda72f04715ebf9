import { bootContract } from '../../src/stages/boot/contract.ts';
import { consoleCommand } from '../../src/stages/console.ts';
import { main } from '../contract/program.ts';
import { boot } from './boot.ts';
import { openConsole } from './open-console.ts';

if (process.argv[2] === consoleCommand) await openConsole();
else await main({ boot: { contract: bootContract, run: boot } });
