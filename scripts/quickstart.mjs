/**
 * `npm run quickstart [-- --compile --output DIR …]`: sets everything up, brings the server up, builds examples/instant.yaml (or
 * minimal.yaml, whose kernel is compiled) on it, boots it, leaves the image in out/, and says how to continue. On a terminal the
 * server stays until Ctrl-C, so that the page in the browser does.
 */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pass, root } from './lib/command.mjs';
import { nextSteps } from './lib/next-steps.mjs';
import { main } from './lib/problem.mjs';
import { quickstartArguments, usage } from './lib/quickstart-arguments.mjs';
import { quickstartServer, signInLink } from './lib/quickstart-server.mjs';
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
  const build = () => pass(process.execPath, [join('dist', 'ldf.js'), ...words]);
  if (!speaks) return build();
  const server = await quickstartServer();
  try {
    console.log(await whereToLook(server.url));
    const exitCode = await build();
    const took = duration((Date.now() - startedMs) / 1000);
    const stays = server.own && process.stdout.isTTY === true;
    if (exitCode === 0) {
      const { arch, artifacts } = JSON.parse(readFileSync(resolve(root, output, 'build.json'), 'utf8'));
      const served = stays || !server.own;
      for (const line of nextSteps({ output, compiled: compiles, arch, artifacts, served })) console.log(line);
      console.log(`\nAll of it took ${took}.`);
    }
    if (stays) await untilInterrupted(server.url);
    return exitCode;
  } finally {
    await server.stop();
  }
});

/**
 * The link works once, for whoever reads it: a log gets none.
 * @param {string} url
 */
async function whereToLook(url) {
  const link = process.stdout.isTTY === true ? await signInLink() : undefined;
  if (link !== undefined) return `\nOpen ${link}\nThe build is in the browser as well as here.\n`;
  return `\nThe web UI is at ${url} while this runs: \`node dist/ldf.js open\` prints a link that signs a browser in.\n`;
}

/** @param {string} url */
async function untilInterrupted(url) {
  console.log(`\nThe web UI stays at ${url}. Ctrl-C ends it; \`node dist/ldf.js serve\` brings it back.`);
  await once(process, 'SIGINT');
}
