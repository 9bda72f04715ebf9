/**
 * `npm test [-- vitest's own arguments]`: sets everything up, then lints, checks types and runs every test but those in
 * test/long, which it names. `npm run test:long` runs these alone.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pass, root } from './lib/command.mjs';
import { runLanes } from './lib/lanes.mjs';
import { main } from './lib/problem.mjs';
import { setup } from './lib/setup.mjs';
import { slowestTests } from './lib/slowest-tests.mjs';
import { duration } from './lib/step-view.mjs';
import { ensureTestTools } from './lib/test-tools.mjs';

const [first, ...others] = process.argv.slice(2);
const isLong = first === '--long';
const given = isLong ? others : process.argv.slice(2);

/** @param {readonly string[]} args */
const npx = (...args) => ['npx', '--no-install', ...args];
/** @param {readonly string[]} projects */
const vitest = (...projects) => npx('vitest', 'run', ...projects.map((project) => `--project=${project}`));

/**
 * Whole builds wait for Docker and for guests half of the time. What else there is to check comes beside them, one file
 * after the other, so that they are not held up.
 */
const lanes = [
  [vitest('e2e')],
  [
    npx('biome', 'check', '.'),
    npx('tsc', '--noEmit'),
    npx('tsc', '--noEmit', '-p', 'src/webui'),
    [...vitest('unit'), '--maxWorkers=1'],
    vitest('webui', 'integration'),
  ],
];

await main(async () => {
  await setup();
  await ensureTestTools();
  return isLong || given.length > 0 ? runSome() : runAll();
});

/** @returns {Promise<number>} the exit code */
function runSome() {
  const projects = given.includes('--project') ? [] : [`--project=${isLong ? 'long' : '!long'}`];
  return pass('npx', ['--no-install', 'vitest', 'run', ...projects, ...given]);
}

/** @returns {Promise<number>} the exit code */
async function runAll() {
  const startedMs = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'ldf-test-'));
  const times = join(folder, 'times');
  writeFileSync(times, '');
  try {
    const notDone = await runLanes(lanes, { TEST_TIMES_FILE: times });
    const lines = readFileSync(times, 'utf8').split('\n').filter(Boolean);
    console.log(slowestTests(lines.map((line) => JSON.parse(line))) ?? '');
    tellWhatIsLeft();
    for (const command of notDone) console.log(`Failed, or left out after a failure: ${command.join(' ')}`);
    console.log(`All of it took ${duration((Date.now() - startedMs) / 1000)}.`);
    return notDone.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Nothing is left out silently. */
function tellWhatIsLeft() {
  const files = readdirSync(join(root, 'test', 'long')).filter((name) => name.endsWith('.test.ts'));
  console.log(`\nNot run, as they take long: ${files.join(', ')} in test/long. \`npm run test:long\` runs them.`);
}
