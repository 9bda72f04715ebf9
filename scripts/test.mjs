/**
 * `npm test [-- vitest's own arguments]`: sets everything up, then lints, checks types and runs every test but those in
 * test/long, which it names. `npm run test:long` runs these alone.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pass, passLater, root } from './lib/command.mjs';
import { main } from './lib/problem.mjs';
import { setup } from './lib/setup.mjs';
import { ensureTestTools } from './lib/test-tools.mjs';

const [first, ...others] = process.argv.slice(2);
const isLong = first === '--long';
const given = isLong ? others : process.argv.slice(2);

const checks = [
  ['biome', 'check', '.'],
  ['tsc', '--noEmit'],
  ['tsc', '--noEmit', '-p', 'src/webui'],
];

/** @param {readonly string[]} args */
const vitest = (...args) => ['vitest', 'run', ...args];

await main(async () => {
  await setup();
  await ensureTestTools();
  for (const check of checks) {
    const exitCode = await pass(...npx(check));
    if (exitCode !== 0) return exitCode;
  }
  if (isLong) return pass(...npx(vitest('--project=long', ...given)));
  if (given.length > 0) {
    const exitCode = await pass(...npx(vitest(...(given.includes('--project') ? [] : ['--project=!long']), ...given)));
    tellWhatIsLeft();
    return exitCode;
  }
  const exitCode = await tellingWhatFailed(everyTest);
  tellWhatIsLeft();
  return exitCode;
});

/**
 * The end of the output says what failed in all of vitest's runs (scripts/failed-tests.ts).
 * @param {() => Promise<number>} tests
 */
async function tellingWhatFailed(tests) {
  const folder = mkdtempSync(join(tmpdir(), 'ldf-test-'));
  try {
    const file = join(folder, 'failed');
    process.env.FAILED_TESTS_FILE = file;
    const exitCode = await tests();
    if (existsSync(file)) console.log(`\nWhat failed:\n${readFileSync(file, 'utf8')}`);
    return exitCode;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Tests on Docker wait for half of their time, and leave it to those in a browser. What one project finds keeps no other from
 * being run.
 * @returns {Promise<number>} 0 where all passed
 */
async function everyTest() {
  const exitCodes = [await pass(...npx(vitest('--project=unit*')))];
  const browser = passLater(...npx(vitest('--project=webui')));
  exitCodes.push(await pass(...npx(vitest('--project=integration'))));
  const { code, output } = await browser;
  console.log(output);
  exitCodes.push(code, await pass(...npx(vitest('--project=e2e'))));
  return exitCodes.find((exitCode) => exitCode !== 0) ?? 0;
}

/**
 * @param {readonly string[]} command
 * @returns {[string, string[]]}
 */
function npx(command) {
  console.log(`\n> ${command.join(' ')}`);
  return ['npx', ['--no-install', ...command]];
}

/** Nothing is left out silently. */
function tellWhatIsLeft() {
  const files = readdirSync(join(root, 'test', 'long')).filter((name) => name.endsWith('.test.ts'));
  console.log(`\nNot run, as they take long: ${files.join(', ')} in test/long. \`npm run test:long\` runs them.`);
}
