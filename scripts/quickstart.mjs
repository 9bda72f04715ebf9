/** `npm run quickstart [-- --output DIR …]`: sets everything up and builds examples/minimal.yaml. */
import { pass } from './lib/command.mjs';
import { main } from './lib/problem.mjs';
import { setup } from './lib/setup.mjs';

const given = process.argv.slice(2);
const output = given.some((argument) => argument === '--output' || argument.startsWith('--output='))
  ? []
  : ['--output', 'out'];

await main(async () => {
  await setup();
  return await pass(process.execPath, [
    'dist/ldf.js',
    'build',
    '-f',
    'examples/minimal.yaml',
    '--wait',
    ...output,
    ...given,
  ]);
});
