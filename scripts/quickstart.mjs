/** `npm run quickstart [-- --instant --output DIR …]`: sets everything up and builds examples/minimal.yaml, or instant.yaml. */
import { pass } from './lib/command.mjs';
import { main } from './lib/problem.mjs';
import { quickstartArguments } from './lib/quickstart-arguments.mjs';
import { setup } from './lib/setup.mjs';

await main(async () => {
  await setup();
  return await pass(process.execPath, ['dist/ldf.js', ...quickstartArguments(process.argv.slice(2))]);
});
