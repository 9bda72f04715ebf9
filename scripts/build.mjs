/** `npm run build`: the database client, dist/ldf.js and dist/stage-images/. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { root } from './lib/command.mjs';
import { main } from './lib/problem.mjs';

await main(async () => {
  mkdirSync(join(root, 'dist'), { recursive: true });
  await build();
});
