import { main } from '../contract/program.ts';
import { assemble } from './assemble.ts';
import { download } from './download.ts';
import { listPackages } from './list-packages.ts';
import { resolve } from './resolve.ts';

await main({ resolve, download, assemble }, { packages: listPackages });
