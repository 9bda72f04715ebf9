/** Building the project, and knowing when that is not needed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleProgram, bundleStageImages, bundleWebui } from './bundle.mjs';
import { root, run } from './command.mjs';
import { runSteps } from './step.mjs';

const inputs = ['src', 'parts', 'stage-images', 'prisma', 'prisma.config.ts', 'scripts/lib', 'package-lock.json'];
/** Made by the build itself, inside of an input. */
const generated = join(root, 'src', 'store', 'generated');
const stampFile = join(root, 'dist', '.built');

/** Generates the database client and bundles everything into dist/. */
export async function build() {
  const stamp = stampOfInputs();
  await run('npx', ['--no-install', 'prisma', 'generate'], {});
  await Promise.all([bundleProgram(), bundleStageImages(join(root, 'dist', 'stage-images')), bundleWebui()]);
  writeFileSync(stampFile, stamp);
}

/** Builds unless nothing has changed since the last time. */
export async function ensureBuilt() {
  await runSteps([buildSteps()]);
}

/** @returns {import('./step.mjs').Step[]} none when nothing has changed since the last time. */
export function buildSteps() {
  if (existsSync(generated) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stampOfInputs()) return [];
  return [
    {
      title: 'building LDF',
      expectedSeconds: 10,
      async run() {
        mkdirSync(join(root, 'dist'), { recursive: true });
        await build();
      },
    },
  ];
}

/** Of every input file its path, size and time: enough to see a change, and quick. */
function stampOfInputs() {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const path = join(root, input);
    const files = statSync(path).isDirectory() ? filesBelow(path) : [path];
    for (const file of files) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(generated))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
