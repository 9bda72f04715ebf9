/**
 * A reporter of vitest: adds what failed to the file that FAILED_TESTS_FILE names. A run of the test command is several of
 * vitest's, and the end of its output is where people, and logs that are cut, have what failed.
 */
import { appendFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Lines of a message; it stands whole where the test ran. */
const messageLines = 8;

export class FailedTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env.FAILED_TESTS_FILE;
    if (!file) return;
    const lines = failedTests([
      ...modules.flatMap(failuresOf),
      ...unhandled.map((error) => failure('outside a test', [error])),
    ]);
    if (lines) appendFileSync(file, lines);
  }
}

export interface Failure {
  name: string;
  messages: string[];
}

/** @returns empty when nothing failed */
export function failedTests(failures: readonly Failure[]): string {
  return failures
    .map(({ name, messages }) => {
      const lines = messages.flatMap((message) => message.split('\n').slice(0, messageLines));
      return [`✗ ${name}`, ...lines.map((line) => `    ${line}`), ''].join('\n');
    })
    .join('');
}

function failuresOf(module: TestModule): Failure[] {
  const place = `${module.project.name} ${module.relativeModuleId}`;
  const suites = [...module.children.allSuites()];
  return [
    failure(place, module.errors()),
    ...suites.map((suite) => failure(`${place} > ${suite.fullName}`, suite.errors())),
    ...[...module.children.allTests('failed')].map((test) =>
      failure(`${place} > ${test.fullName}`, test.result().errors ?? []),
    ),
  ].filter(({ messages }) => messages.length > 0);
}

function failure(name: string, errors: readonly { message: string }[]): Failure {
  return { name, messages: errors.map(({ message }) => message) };
}
