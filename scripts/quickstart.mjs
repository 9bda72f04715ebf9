/**
 * `npm run quickstart [-- --compile --output DIR …]`: sets everything up, builds examples/instant.yaml (or minimal.yaml, whose
 * kernel is compiled), boots it, leaves the image in out/, and says how to continue.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pass, root } from './lib/command.mjs';
import { nextSteps } from './lib/next-steps.mjs';
import { main } from './lib/problem.mjs';
import { quickstartArguments, usage } from './lib/quickstart-arguments.mjs';
import { setup } from './lib/setup.mjs';
import { duration } from './lib/step-view.mjs';

await main(async () => {
  const startedMs = Date.now();
  const asked = quickstartArguments(process.argv.slice(2));
  if (asked === 'help') return console.log(usage);
  const { definition, compiles, output, speaks, words } = asked;
  await setup([
    { title: 'the containers that builds run in, once', expectedSeconds: compiles ? 110 : 90 },
    { title: `${definition}: built and booted`, expectedSeconds: compiles ? 20 * 60 : 120 },
  ]);
  const exitCode = await pass(process.execPath, [join('dist', 'ldf.js'), ...words]);
  if (exitCode !== 0 || !speaks) return exitCode;
  const { arch, artifacts } = JSON.parse(readFileSync(resolve(root, output, 'build.json'), 'utf8'));
  for (const line of nextSteps({ output, compiled: compiles, arch, artifacts })) console.log(line);
  console.log(`\nAll of it took ${duration((Date.now() - startedMs) / 1000)}.`);
});
