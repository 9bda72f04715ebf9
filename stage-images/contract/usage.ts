/**
 * What the stage's container has used so far, as its control group tells: version 2
 * (https://docs.kernel.org/admin-guide/cgroup-v2.html) or version 1. What the kernel does not tell is null.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Usage } from '../../src/stages/contract.ts';

/** @param folder where the container sees its own control group */
export async function readUsage(folder = '/sys/fs/cgroup'): Promise<Usage> {
  const read = (path: string) => readIfThere(join(folder, path));
  const cpu = (await read('cpu.stat')) ?? '';
  const version2 = /^usage_usec ([0-9]+)$/m.exec(cpu)?.[1];
  return version2 === undefined
    ? {
        cpuSeconds: scaled(await read('cpuacct/cpuacct.usage'), 1e-9),
        peakMemoryBytes: whole(await read('memory/memory.max_usage_in_bytes')),
        writtenBytes: sum(await read('blkio/blkio.throttle.io_service_bytes'), /^[0-9]+:[0-9]+ Write ([0-9]+)$/gm),
      }
    : {
        cpuSeconds: scaled(version2, 1e-6),
        peakMemoryBytes: whole(await read('memory.peak')),
        writtenBytes: sum(await read('io.stat'), /\bwbytes=([0-9]+)/g),
      };
}

/** Whether a process could not be started because the container had as many as it may have. */
export async function reachedProcessLimit(folder = '/sys/fs/cgroup'): Promise<boolean> {
  const events =
    (await readIfThere(join(folder, 'pids.events'))) ?? (await readIfThere(join(folder, 'pids/pids.events')));
  return Number(/^max ([0-9]+)$/m.exec(events ?? '')?.[1] ?? 0) > 0;
}

/** undefined where the kernel has no such file. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

function whole(text: string | undefined): number | null {
  const value = Number(text?.trim() || Number.NaN);
  return Number.isSafeInteger(value) ? value : null;
}

/** To the millisecond. */
function scaled(text: string | undefined, unit: number): number | null {
  const value = whole(text);
  return value === null ? null : Math.round(value * unit * 1000) / 1000;
}

/** Of all devices; a container that has written nothing has no line. */
function sum(text: string | undefined, each: RegExp): number | null {
  if (text === undefined) return null;
  return [...text.matchAll(each)].reduce((total, [, bytes]) => total + Number(bytes), 0);
}
