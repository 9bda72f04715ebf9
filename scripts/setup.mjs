/** `npm run setup`: brings this machine to where LDF runs. Safe to run again, at any time. */
import { main } from './lib/problem.mjs';
import { setup } from './lib/setup.mjs';

await main(setup);
