import { expect, it } from 'vitest';
import { slowestTests } from '../../../scripts/slowest-tests.ts';

it('a run of many tests ends with the slowest twenty, and what each project took', () => {
  const times = Array.from({ length: 60 }, (_, index) => ({
    project: index % 2 ? 'unit' : 'e2e',
    name: `test ${index}`,
    ms: index * 1_000,
  }));
  const lines = slowestTests(times)?.split('\n') ?? [];
  expect(lines[2]).toBe('    59.0 s  unit         test 59');
  expect(lines[21]).toBe('    40.0 s  e2e          test 40');
  expect(lines.slice(-2)).toEqual(['   870.0 s  e2e', '   900.0 s  unit']);
});

it('a run of a few tests has no table', () => {
  expect(slowestTests([{ project: 'unit', name: 'one', ms: 1 }])).toBeUndefined();
});
