import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { FailedTests } from './scripts/failed-tests.ts';
import { SlowestTests } from './scripts/slowest-tests.ts';

const minuteMs = 60_000;

/** A test fails for what is wrong, and not for how long a busy machine takes to come to it. */
const timeLimits = { testTimeout: 2 * minuteMs, hookTimeout: 2 * minuteMs, expect: { poll: { timeout: minuteMs } } };

const unitTests = ['test/unit', 'parts'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name)),
);

/** Another file would find the modules of this one in place of its own. */
function mocksModules(file: string): boolean {
  return readFileSync(file, 'utf8').includes('vi.mock(');
}

/**
 * unit and unit-mocks need nothing; webui needs Chromium; integration needs Docker; e2e needs Docker, the stage images and minutes;
 * long needs the same and many minutes, so that `npm test` leaves it to `npm run test:long`.
 */
export default defineConfig({
  test: {
    reporters: ['default', new SlowestTests(), new FailedTests()],
    projects: [
      {
        test: {
          ...timeLimits,
          name: 'unit',
          include: unitTests.filter((file) => !mocksModules(file)),
          // A worker imports the source once, and not once for each file: two thirds of the time.
          isolate: false,
          globalSetup: 'test/unit/scratch-folder.ts',
          // It has the machine for itself (scripts/test.mjs); vitest leaves one processor to an editor.
          maxWorkers: '100%',
        },
      },
      {
        test: { ...timeLimits, name: 'unit-mocks', include: unitTests.filter(mocksModules), maxWorkers: '100%' },
      },
      {
        test: {
          ...timeLimits,
          name: 'webui',
          include: ['test/webui/**/*.test.ts'],
          testTimeout: 10 * minuteMs,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...timeLimits,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 10 * minuteMs,
          hookTimeout: 10 * minuteMs,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...timeLimits,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/e2e/stage-images.ts',
          testTimeout: 40 * minuteMs,
          hookTimeout: 60 * minuteMs,
          // An emulated machine keeps one processor busy, and so leaves the other one to the next file.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...timeLimits,
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          testTimeout: 60 * minuteMs,
          hookTimeout: 60 * minuteMs,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
