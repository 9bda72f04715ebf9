/**
 * `npm test [-- vitest's own arguments]`: sets everything up, then lints, checks types and runs every test but those in
 * test/long, which it names. `npm run test:long` runs these alone.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pass, root } from './lib/command.mjs';
import { main } from './lib/problem.mjs';
import { setup } from './lib/setup.mjs';
import { ensureTestTools } from './lib/test-tools.mjs';

const [first, ...others] = process.argv.slice(2);
const isLong = first === '--long';
const given = isLong ? others : process.argv.slice(2);
const projects = given.includes('--project') ? [] : [`--project=${isLong ? 'long' : '!long'}`];

const checks = [
  ['biome', 'check', '.'],
  ['tsc', '--noEmit'],
  ['tsc', '--noEmit', '-p', 'src/webui'],
  ['vitest', 'run', ...projects, ...given],
];

await main(async () => {
  await setup();
  await ensureTestTools();
  for (const [tool = '', ...args] of checks) {
    console.log(`\n> ${[tool, ...args].join(' ')}`);
    const exitCode = await pass('npx', ['--no-install', tool, ...args]);
    if (exitCode !== 0) return exitCode;
  }
  if (!isLong) tellWhatIsLeft();
  return 0;
});

/** Nothing is left out silently. */
function tellWhatIsLeft() {
  const files = readdirSync(join(root, 'test', 'long')).filter((name) => name.endsWith('.test.ts'));
  console.log(`\nNot run, as they take long: ${files.join(', ')} in test/long. \`npm run test:long\` runs them.`);
}
