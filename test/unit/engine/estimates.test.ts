import { expect, it } from 'vitest';
import { estimateFrom } from '../../../src/engine/core/estimates.ts';
import type { PastRun } from '../../../src/store/stage-runs.ts';

const like = (name: string, kind: string, amount: number | null = null, arch: PastRun['arch'] = 'x86_64') => ({
  ...{ name, arch, workload: { kind, amount } },
});
const run = (seconds: number, ...what: Parameters<typeof like>): PastRun => ({ seconds, ...like(...what) });

it('estimates from the newest runs of the same distribution, else of the architecture, else of any', () => {
  const history = [
    run(10, 'gw', ''),
    run(400, 'gw', '', null, 'aarch64'),
    run(30, 'gw', ''),
    run(100, 'edge', ''),
    run(9_000, 'gw', ''),
  ];
  const seconds = (...what: Parameters<typeof like>) => estimateFrom(history, 2)(like(...what)).estimateSeconds;
  expect(seconds('gw', '')).toBe(20);
  expect(seconds('gw', '', null, 'aarch64')).toBe(400);
  expect(seconds('new', '')).toBe(20);
  const other = estimateFrom(history.slice(0, 1), 2)(like('new', '', null, 'aarch64'));
  expect(other).toEqual({ estimateSeconds: 10 });
  expect(estimateFrom([], 2)(like('gw', ''))).toEqual({ estimateSeconds: null });
});

it('takes no run of another kind of work for a like one, not even of the same distribution', () => {
  const estimate = estimateFrom([run(3, 'gw', 'binary'), { ...run(9, 'gw', ''), workload: null }], 20);
  expect(estimate(like('gw', 'source')).estimateSeconds).toBeNull();
  expect(estimate(like('new', 'binary')).estimateSeconds).toBe(3);
  // Of a run whose work nobody recorded, any run tells.
  expect(estimate({ ...like('gw', ''), workload: null }).estimateSeconds).toBe(6);
});

it('prefers about the same amount of work, and lets the time grow with it where there is none', () => {
  const estimate = estimateFrom([run(10, 'gw', 'a', 100), run(60, 'desk', 'a', 300)], 20);
  expect(estimate(like('gw', 'a', 110)).estimateSeconds).toBe(10);
  // The same distribution, but as much to do as another one has.
  expect(estimate(like('gw', 'a', 310)).estimateSeconds).toBe(60);
  expect(estimate(like('gw', 'a', 600)).estimateSeconds).toBe(90);
  expect(estimate(like('gw', 'a')).estimateSeconds).toBe(10);
});

it('says between what most runs took, from three on', () => {
  const runs = [50, 40, 60].map((seconds) => run(seconds, 'gw', ''));
  expect(estimateFrom(runs.slice(0, 2), 20)(like('gw', '')).estimateRange).toBeUndefined();
  const estimateRange = { fromSeconds: 40, toSeconds: 60 };
  expect(estimateFrom(runs, 20)(like('gw', ''))).toEqual({ estimateSeconds: 50, estimateRange });
  const withOutliers = [1, ...Array(9).fill(50), ...Array(9).fill(55), 9_000].map((each) => run(each, 'gw', ''));
  expect(estimateFrom(withOutliers, 20)(like('gw', '')).estimateRange).toEqual({ fromSeconds: 50, toSeconds: 55 });
});
