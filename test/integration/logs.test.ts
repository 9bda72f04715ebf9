/** Many followers of a stage that says much, as processes of their own on the real Docker Engine. */
import { expect, it } from 'vitest';
import { measureLogs } from '../../scripts/bench/logs.ts';

const MiB = 2 ** 20;

it('50,000 lines, as fast as they come, reach each of 50 followers whole and in order, for less than 300 MB', async () => {
  const lines = 50_000;
  const figures = await measureLogs({ lines, linesPerSecond: 100_000, followers: 50 });
  expect(figures).toMatchObject({ lines, lostLines: 0, outOfOrder: 0, followersThatDiffer: 0 });
  // What all followers get, were it kept for each, is 50 times 13 MB.
  expect(figures.peakBytes - figures.idleBytes).toBeLessThan(300 * MiB);
});
