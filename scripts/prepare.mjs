/** npm runs this after it has installed the packages: it builds, unless the tools for that were left out. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { root } from './lib/command.mjs';
import { main } from './lib/problem.mjs';

await main(async () => {
  const tools = ['esbuild', 'prisma'].map((name) => join(root, 'node_modules', name));
  // `npm ci --omit=dev`: dist/ comes from elsewhere, as it does in Dockerfile.api.
  if (!tools.every((folder) => existsSync(folder)))
    return console.log('Not building: the development packages are not installed.');
  await ensureBuilt();
});
