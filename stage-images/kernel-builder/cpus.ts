/** How many CPUs this container may use: Docker's --cpus is a quota of time that Node does not see. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { undefinedIfMissing } from '../../src/missing-file.ts';

/** The CPUs the scheduler offers, or the quota of the control group if that is smaller; at least 1. */
export async function availableCpus(): Promise<number> {
  const version2 = await readIfThere('/sys/fs/cgroup/cpu.max');
  const version1 = await Promise.all(
    ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((file) => readIfThere(`/sys/fs/cgroup/cpu/${file}`)),
  );
  const quota = parseQuota(version2 ?? version1.join(' '));
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(quota)));
}

/** "<quota> <period>" in microseconds as control groups say it, in CPUs; `max`, -1 or nothing mean no limit. */
export function parseQuota(text: string): number {
  const [quota, period] = text.trim().split(/\s+/).map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : Infinity;
}

function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(undefinedIfMissing);
}
