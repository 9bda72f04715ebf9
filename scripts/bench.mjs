/** `npm run bench [-- NAME… --write]`: sets everything up, then measures. */
import { pass } from './lib/command.mjs';
import { main } from './lib/problem.mjs';
import { setup } from './lib/setup.mjs';

await main(async () => {
  await setup();
  return await pass('npx', ['--no-install', 'tsx', 'scripts/bench/main.ts', ...process.argv.slice(2)]);
});
