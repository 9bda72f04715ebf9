import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  formatProgress,
  formatUsage,
  isUsageLine,
  parseReport,
  unknownUsage,
} from '../../../../src/stages/contract.ts';
import { type Activity, progressReporter } from '../../../../stage-images/contract/activity.ts';
import { reachedProcessLimit, readUsage } from '../../../../stage-images/contract/usage.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-cgroup-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function group(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

describe('what a container has used', () => {
  it('is read from a control group of version 2', async () => {
    await group({
      'cpu.stat': 'usage_usec 12345678\nuser_usec 12000000\nsystem_usec 345678\n',
      'memory.peak': '104857600\n',
      'io.stat': '253:0 rbytes=10 wbytes=4096 rios=1 wios=1 dbytes=0 dios=0\n8:16 rbytes=0 wbytes=100 rios=0 wios=1\n',
    });
    expect(await readUsage(folder)).toEqual({ cpuSeconds: 12.346, peakMemoryBytes: 104_857_600, writtenBytes: 4196 });
  });

  it('is read from a control group of version 1', async () => {
    await group({
      'cpuacct/cpuacct.usage': '2500000000\n',
      'memory/memory.max_usage_in_bytes': '4096\n',
      'blkio/blkio.throttle.io_service_bytes': '8:0 Read 5\n8:0 Write 7\n8:0 Total 12\n253:1 Write 3\nTotal 15\n',
    });
    expect(await readUsage(folder)).toEqual({ cpuSeconds: 2.5, peakMemoryBytes: 4096, writtenBytes: 10 });
  });

  it('is what the kernel tells, and null for the rest', async () => {
    expect(await readUsage(join(folder, 'none'))).toEqual(unknownUsage);
    await group({ 'cpu.stat': 'usage_usec 1000000\n', 'io.stat': '' });
    expect(await readUsage(folder)).toEqual({ cpuSeconds: 1, peakMemoryBytes: null, writtenBytes: 0 });
  });

  it('is reported in a line of its own', () => {
    const usage = { cpuSeconds: 1.5, peakMemoryBytes: 2, writtenBytes: null };
    const line = formatUsage(usage);
    expect(line).toBe('::ldf {"usage":{"cpuSeconds":1.5,"peakMemoryBytes":2,"writtenBytes":null}}');
    expect(parseReport(line)).toEqual({ usage });
    expect([isUsageLine(line), isUsageLine(formatProgress(0.5))]).toEqual([true, false]);
    expect(parseReport(formatProgress(0.5, 'half'))).toEqual({ progress: 0.5, note: 'half' });
    for (const bad of ['::ldf {"usage":{}}', '::ldf {"usage":', '::ldf {}', line.slice(1), 'log'])
      expect(parseReport(bad)).toBeUndefined();
  });
});

describe('what a stage is at', () => {
  const printed = (...reports: [fraction: number, activity?: Activity][]) => {
    const lines: string[] = [];
    const report = progressReporter((line) => lines.push(line));
    for (const [fraction, activity] of reports) report(fraction, activity);
    return lines.map(parseReport);
  };

  it('is told where a phase, or an item of it, begins, and not again with each note', () => {
    const compiling = (note: string) => ({ note, phase: 'compiling' });
    expect(
      printed([0, 'verifying'], [0.1, compiling('CC a.o')], [0.2, compiling('CC b.o')], [0.3], [1, 'all done']),
    ).toEqual([
      { phase: 'verifying' },
      { progress: 0, note: 'verifying' },
      { phase: 'compiling' },
      { progress: 0.1, note: 'CC a.o' },
      { progress: 0.2, note: 'CC b.o' },
      { progress: 0.3, note: '' },
      { progress: 1, note: 'all done' },
    ]);
    const unpacking = (item: string) => ({ note: `unpacking ${item}`, phase: 'unpacking', item });
    expect(printed([0, unpacking('a')], [0.1, unpacking('b')]).filter((line) => line && 'phase' in line)).toEqual([
      { phase: 'unpacking', item: 'a' },
      { phase: 'unpacking', item: 'b' },
    ]);
  });

  it('is no report when it has no name', () => {
    for (const bad of ['{"phase":""}', '{"phase":"a","item":""}', '{"item":"a"}', '{"phase":"a","more":1}'])
      expect(parseReport(`::ldf ${bad}`)).toBeUndefined();
  });
});

describe('the limit of processes', () => {
  it.each(['pids.events', 'pids/pids.events'])('was reached when %s counts it', async (file) => {
    expect(await reachedProcessLimit(folder)).toBe(false);
    await group({ [file]: 'max 0\n' });
    expect(await reachedProcessLimit(folder)).toBe(false);
    await group({ [file]: 'max 3\n' });
    expect(await reachedProcessLimit(folder)).toBe(true);
  });
});
