/**
 * A reporter of vitest: how long each test took, in a table at the end; or, where `npm test` runs several of vitest side by
 * side and prints one table for all, in the file that TEST_TIMES_FILE names (a line of JSON each).
 */
import { appendFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { slowestTests, sumOf, type Timed } from './lib/slowest-tests.mjs';

export class TestTimes implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const times = modules.flatMap(timesOf);
    const file = process.env.TEST_TIMES_FILE;
    if (file === undefined) console.log(slowestTests(times) ?? '');
    else appendFileSync(file, times.map((time) => `${JSON.stringify(time)}\n`).join(''));
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
