/** The server under test: a process of ours, or one that was started elsewhere on this machine. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { undefinedIfMissing } from '../../src/missing-file.ts';

export interface Footprint {
  residentBytes: number;
  /** What each open file descriptor is: a path, or such as `socket` and `anon_inode:[eventpoll]`. */
  descriptors: string[];
}

export interface ServerProcess {
  url: string;
  token: string | undefined;
  /** After garbage was collected; undefined for a server whose process is not ours. */
  measure(): Promise<Footprint | undefined>;
  /** Whether its process has ended by itself. */
  hasEnded(): boolean;
  stop(): Promise<void>;
}

const Announcement = z.object({ url: z.string(), token: z.string().optional() });
const startMs = 60_000;
const collectMs = 60_000;

export async function startServer(): Promise<ServerProcess> {
  const child = fork(join(import.meta.dirname, 'target.ts'), { execArgv: ['--import', 'tsx', '--expose-gc'] });
  const [message] = await once(child, 'message', { signal: AbortSignal.timeout(startMs) });
  const { url, token } = Announcement.parse(message);
  return {
    url,
    token,
    measure: () => measure(child),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** @throws Error for an address that is not of this machine: requests are sent nowhere else. */
export function existingServer(url: string, token: string | undefined): ServerProcess {
  if (!['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname))
    throw new Error(`${url} is not on this machine: only a loopback address is fuzzed.`);
  return {
    url: url.replace(/\/$/, ''),
    token,
    measure: () => Promise.resolve(undefined),
    hasEnded: () => false,
    stop: () => Promise.resolve(),
  };
}

async function measure(child: ChildProcess): Promise<Footprint> {
  // Sockets that were closed on this side are seen by the other a moment later.
  await sleep(500);
  for (let round = 0; round < 2; round++) {
    const collected = once(child, 'message', { signal: AbortSignal.timeout(collectMs) });
    child.send('collect');
    await collected;
  }
  return footprintOf(child.pid ?? 0);
}

/** proc_pid_status(5), proc_pid_fd(5). */
export async function footprintOf(pid: number): Promise<Footprint> {
  const folder = `/proc/${pid}/fd`;
  const [status, descriptors] = await Promise.all([readFile(`/proc/${pid}/status`, 'utf8'), readdir(folder)]);
  const kib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  const targets = await Promise.all(descriptors.map((number) => targetOf(join(folder, number))));
  return { residentBytes: kib * 1024, descriptors: targets.filter((target) => target !== undefined) };
}

/** @returns without an inode's number; undefined when it was closed meanwhile */
async function targetOf(link: string): Promise<string | undefined> {
  const target = await readlink(link).catch(undefinedIfMissing);
  return target?.replace(/:\[\d+\]$/, '');
}
