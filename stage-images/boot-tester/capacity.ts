/** How many guests run side by side without starving each other. */
import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { isMissingFile } from '../../src/missing-file.ts';

/** What QEMU takes besides the guest's own memory: firmware, translated code, disk buffers. */
const overheadMiB = 256;

export interface Capacity {
  cpus: number;
  memoryMiB: number;
}

/** Guests of the given size that fit, at least one: a guest's processor is one busy thread of QEMU. */
export function guestsAtOnce(capacity: Capacity, guest: Capacity): number {
  const byCpus = Math.floor(capacity.cpus / guest.cpus);
  const byMemory = Math.floor(capacity.memoryMiB / (guest.memoryMiB + overheadMiB));
  return Math.max(1, Math.min(byCpus, byMemory));
}

/** What the container may use; its limits stand in control groups, which Node 20 reads for memory alone. */
export async function readCapacity(): Promise<Capacity> {
  const cpus = Math.min(availableParallelism(), await cpuLimit());
  const memoryBytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return { cpus, memoryMiB: Math.floor(memoryBytes / (1 << 20)) };
}

/** cpu.max of control groups v2, "$MAX $PERIOD"; without such a file there is no limit that we could know of. */
async function cpuLimit(): Promise<number> {
  try {
    return parseCpuMax(await readFile('/sys/fs/cgroup/cpu.max', 'utf8'));
  } catch (error) {
    if (isMissingFile(error)) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** CPUs granted by a cpu.max line, such as 1.5 for "150000 100000". */
export function parseCpuMax(line: string): number {
  const [max, period] = line.trim().split(' ');
  return max === undefined || max === 'max' ? Number.POSITIVE_INFINITY : Number(max) / Number(period);
}
