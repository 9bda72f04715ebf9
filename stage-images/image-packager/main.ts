import { main } from '../contract/program.ts';
import { packageImage } from './package.ts';

await main({ package: packageImage });
