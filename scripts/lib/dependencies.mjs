/** The packages of npm: installed once for each package-lock.json. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './command.mjs';
import { Problem } from './problem.mjs';

const lockFile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
/** Written last, with the hash of the lock: an installation that was interrupted has none. */
const stampFile = join(modules, '.ldf-setup');
/** Oldest Node.js that the packages run on; package.json says the same. */
const oldestNode = [20, 19];

/** @throws {Problem} for a Node.js that is too old. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Problem(
    `Node.js ${process.versions.node} is too old.`,
    `Install Node.js ${oldestNode.join('.')} or newer (https://nodejs.org).`,
  );
}

/**
 * `npm ci`, unless it has been run for this lock.
 * @returns {import('./step.mjs').Step[]}
 */
export function dependencySteps() {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (installed(hash)) return [];
  return [
    {
      title: 'npm packages',
      expectedSeconds: 30,
      async run(say) {
        // No package needs its install scripts: they compile what is optional, or call home.
        await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--include=dev'], {
          onLine: say,
          hint: 'Is the npm registry reachable?',
        });
        writeFileSync(stampFile, hash);
      },
    },
  ];
}

/** @param {string} hash */
function installed(hash) {
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === hash;
  // Somebody ran npm itself: it writes its own copy of the lock last, and vitest tells whether the tools came along.
  const own = join(modules, '.package-lock.json');
  if (!existsSync(own) || !existsSync(join(modules, 'vitest'))) return false;
  if (statSync(own).mtimeMs < statSync(lockFile).mtimeMs) return false;
  writeFileSync(stampFile, hash);
  return true;
}
