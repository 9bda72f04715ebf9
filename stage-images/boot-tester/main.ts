import { main } from '../contract/program.ts';
import { boot } from './boot.ts';

await main({ boot });
