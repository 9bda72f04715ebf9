import { main } from '../contract/program.ts';
import { assemble } from './assemble.ts';
import { download } from './download.ts';
import { resolve } from './resolve.ts';

await main({ resolve, download, assemble });
