/** What `npm run quickstart` was asked for. */
import { Problem } from './problem.mjs';

/**
 * @typedef {object} Quickstart
 * @property {string} definition  The file that is built.
 * @property {boolean} compiles  Whether its kernel is compiled.
 * @property {string} output  The folder for the images.
 * @property {boolean} speaks  Whether more may be printed than the build itself: `--json` is one document.
 * @property {string[]} words  What `ldf` is given.
 */

export const usage = `npm run quickstart [-- OPTION…]: sets this machine up, builds an image, boots it, and leaves it in out/.

  --compile       build examples/minimal.yaml, whose kernel is compiled: many minutes in place of none
  --output DIR    where to leave the images (default: out)
  --help          show this

Every other option goes to \`ldf build\`, such as --format qcow2 or --no-boot.`;

/**
 * @param {readonly string[]} given
 * @returns {Quickstart | 'help'}
 * @throws {Problem} for options that exclude each other, or without what belongs to them
 */
export function quickstartArguments(given) {
  if (given.some((word) => word === '--help' || word === '-h')) return 'help';
  const compiles = given.includes('--compile');
  // What --instant asked for once is what happens without any option now.
  if (compiles && given.includes('--instant'))
    throw new Problem(
      '--compile and --instant exclude each other.',
      'Leave --instant out to have the kernel compiled.',
    );
  const own = given.find((word) => /^(-f|--file)/.test(word));
  if (own !== undefined)
    throw new Problem(
      `quickstart builds its own definition, so it takes no ${own}.`,
      'Build yours with `npm run setup`, then `node dist/ldf.js build -f FILE --output out`.',
    );
  const rest = given.filter((word) => word !== '--compile' && word !== '--instant');
  const output = outputOf(rest);
  const definition = `examples/${compiles ? 'minimal' : 'instant'}.yaml`;
  const words = ['build', '-f', definition, '--wait', ...(output === undefined ? ['--output', 'out'] : []), ...rest];
  return { definition, compiles, output: output ?? 'out', speaks: !rest.includes('--json'), words };
}

/**
 * @param {readonly string[]} words
 * @returns {string | undefined}
 */
function outputOf(words) {
  const joined = words.findLast((word) => word.startsWith('--output='));
  if (joined !== undefined) return joined.slice('--output='.length);
  const index = words.lastIndexOf('--output');
  if (index < 0) return undefined;
  const folder = words[index + 1];
  if (folder === undefined) throw new Problem('--output names no folder.', 'Write `--output DIR`.');
  return folder;
}
