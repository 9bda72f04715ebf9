/**
 * From what `npm run quickstart` was given to the arguments of `ldf`. `--instant` chooses the definition whose kernel is
 * not compiled; everything else goes to `ldf build` as it is.
 * @param {readonly string[]} given
 * @returns {string[]}
 */
export function quickstartArguments(given) {
  const rest = given.filter((argument) => argument !== '--instant');
  const definition = rest.length < given.length ? 'examples/instant.yaml' : 'examples/minimal.yaml';
  const named = rest.some((argument) => argument === '--output' || argument.startsWith('--output='));
  return ['build', '-f', definition, '--wait', ...(named ? [] : ['--output', 'out']), ...rest];
}
