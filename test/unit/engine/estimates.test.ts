import { expect, it } from 'vitest';
import { estimateFrom } from '../../../src/engine/core/estimates.ts';

const run = (seconds: number, name: string, arch: 'x86_64' | 'aarch64' = 'x86_64') => ({ seconds, name, arch });

it('estimates from the newest runs of the same distribution, else of the architecture, else of any', () => {
  const history = [run(10, 'gw'), run(400, 'gw', 'aarch64'), run(30, 'gw'), run(100, 'edge'), run(9_000, 'gw')];
  const estimate = estimateFrom(history, 2);
  expect(estimate({ name: 'gw', arch: 'x86_64' })).toBe(20);
  expect(estimate({ name: 'gw', arch: 'aarch64' })).toBe(400);
  expect(estimate({ name: 'new', arch: 'x86_64' })).toBe(20);
  expect(estimateFrom(history.slice(0, 1), 2)({ name: 'new', arch: 'aarch64' })).toBe(10);
  expect(estimateFrom([], 2)({ name: 'gw', arch: 'x86_64' })).toBeNull();
});
