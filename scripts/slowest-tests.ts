/** A reporter of vitest: ends a run of many tests with a table of those that took longest, and what each project took. */
import type { Reporter, TestModule } from 'vitest/node';

/** A test, or what a file does before and after its tests. */
export interface Timed {
  project: string;
  name: string;
  ms: number;
}

const shown = 20;
/** Who runs a few tests wants no table. */
const fewTests = 50;

export class SlowestTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const table = slowestTests(modules.flatMap(timesOf));
    if (table) console.log(table);
  }
}

function timesOf(module: TestModule): Timed[] {
  const project = module.project.name;
  const file = module.relativeModuleId;
  const tests = [...module.children.allTests()].map((test) => ({
    project,
    name: `${file} > ${test.fullName}`,
    ms: test.diagnostic()?.duration ?? 0,
  }));
  const hooksMs = module.diagnostic().duration - sumOf(tests);
  return [...tests, { project, name: `${file}: before and after its tests`, ms: Math.max(0, hooksMs) }];
}

/** @returns undefined when there are too few for a table */
export function slowestTests(times: readonly Timed[]): string | undefined {
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

function sumOf(times: readonly Timed[]): number {
  return times.reduce((sum, { ms }) => sum + ms, 0);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(8)} s`;
}
