/**
 * `npm run images:hash`: writes the hashes of the stage images' sources to stage-images/sources.json, where a review
 * sees that an image changes. With --check it only tells whether they are up to date.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSources, SourceHashes } from '../src/images/sources.ts';
import { bundleStageImages } from './lib/bundle.mjs';
import { root } from './lib/command.mjs';

const file = join(root, 'stage-images', 'sources.json');

const directory = await mkdtemp(join(tmpdir(), 'ldf-stage-images-'));
try {
  await bundleStageImages(directory);
  const text = `${JSON.stringify(await hashSources(directory), null, 2)}\n`;
  if (process.argv.includes('--check'))
    check(SourceHashes.parse(JSON.parse(text)), SourceHashes.parse(JSON.parse(await readFile(file, 'utf8'))));
  else await writeFile(file, text);
} finally {
  await rm(directory, { recursive: true });
}

function check(now: SourceHashes, committed: SourceHashes): void {
  const changed = SourceHashes.keyType.options.filter((name) => now[name] !== committed[name]);
  if (changed.length === 0) return;
  console.error(`stage-images/sources.json is out of date for ${changed.join(', ')}: run \`npm run images:hash\`.`);
  process.exitCode = 1;
}
