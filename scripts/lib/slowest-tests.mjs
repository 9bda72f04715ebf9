/** The table of the tests that took longest, at the end of a run. */

/**
 * A test, or what a file does before and after its tests.
 * @typedef {{ project: string, name: string, ms: number }} Timed
 */

const shown = 20;
/** Who runs a few tests wants no table. */
const fewTests = 50;

/**
 * @param {readonly Timed[]} times
 * @returns {string | undefined} undefined when there are too few for a table
 */
export function slowestTests(times) {
  if (times.length < fewTests) return undefined;
  const slowest = [...times].sort((one, other) => other.ms - one.ms).slice(0, shown);
  const projects = [...new Set(times.map(({ project }) => project))];
  return [
    '',
    `What took longest (${slowest.length} of ${times.length}):`,
    ...slowest.map(({ ms, project, name }) => `${seconds(ms)}  ${project.padEnd(11)}  ${name}`),
    '',
    'Each project, as if its tests ran one after the other:',
    ...projects.map((project) => `${seconds(sumOf(times.filter((one) => one.project === project)))}  ${project}`),
  ].join('\n');
}

/** @param {readonly Timed[]} times */
export function sumOf(times) {
  return times.reduce((sum, { ms }) => sum + ms, 0);
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toFixed(1).padStart(8)} s`;
}
