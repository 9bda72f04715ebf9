/** `npm test [-- vitest's own arguments]`: sets everything up, then lints, checks types and runs every test. */
import { pass } from './lib/command.mjs';
import { main } from './lib/problem.mjs';
import { setup } from './lib/setup.mjs';
import { ensureTestTools } from './lib/test-tools.mjs';

const checks = [
  ['biome', 'check', '.'],
  ['tsc', '--noEmit'],
  ['tsc', '--noEmit', '-p', 'src/webui'],
  ['vitest', 'run', ...process.argv.slice(2)],
];

await main(async () => {
  await setup();
  await ensureTestTools();
  for (const [tool = '', ...args] of checks) {
    console.log(`\n> ${[tool, ...args].join(' ')}`);
    const exitCode = await pass('npx', ['--no-install', tool, ...args]);
    if (exitCode !== 0) return exitCode;
  }
  return 0;
});
