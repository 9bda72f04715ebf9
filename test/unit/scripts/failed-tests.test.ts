import { expect, it } from 'vitest';
import { failedTests } from '../../../scripts/failed-tests.ts';

it('names each test that failed, with the start of what it said', () => {
  const long = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n');
  const lines = failedTests([
    { name: 'unit a.test.ts > adds', messages: ['expected 2 to be 3'] },
    { name: 'e2e b.test.ts > boots', messages: [long] },
  ]).split('\n');
  expect(lines.slice(0, 4)).toEqual([
    '✗ unit a.test.ts > adds',
    '    expected 2 to be 3',
    '✗ e2e b.test.ts > boots',
    '    line 1',
  ]);
  expect(lines.at(-2)).toBe('    line 8');
});

it('says nothing where nothing failed', () => {
  expect(failedTests([])).toBe('');
});
