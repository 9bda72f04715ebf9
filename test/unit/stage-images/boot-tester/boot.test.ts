import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Inspected, Inspection } from '../../../../parts/machines/machine.ts';
import {
  BootData,
  type BootVerdict,
  bootContract,
  bootVerdictsFile,
  type ConsoleSigns,
} from '../../../../src/stages/boot/contract.ts';
import type { ChosenPart } from '../../../../src/stages/chosen-part.ts';
import { contractVersion, StageResult, stagePaths } from '../../../../src/stages/contract.ts';
import type { PackagedArtifact } from '../../../../src/stages/package/data.ts';
import { earlierFacts } from '../../../../src/stages/package/earlier-artifacts.ts';
import { bootOn } from '../../../../stage-images/boot-tester/boot.ts';
import { guestsAtOnce, parseCpuMax } from '../../../../stage-images/boot-tester/capacity.ts';
import { bootFailure } from '../../../../stage-images/boot-tester/failure.ts';
import { starvation } from '../../../../stage-images/boot-tester/host-share.ts';
import { parseProcessorSeconds, processorSeconds } from '../../../../stage-images/boot-tester/processor-time.ts';
import { BootProgress } from '../../../../stage-images/boot-tester/progress.ts';
import { describeOutput } from '../../../../stage-images/contract/hash.ts';
import { runProgram } from '../../../../stage-images/contract/program.ts';
import { fakeMachine, type Script } from './fake-qemu.ts';

/** The quickest signs there are: a reset is the end of every fake boot but the one that panics. */
const signs: ConsoleSigns = { up: [{ what: 'the end', pattern: '^never$' }], down: [] };
const bootable = (path: string): PackagedArtifact => ({
  path,
  ...earlierFacts('raw'),
  qemu: { driver: 'raw', packed: null },
});

let root: string;
/** Called with each line of the stage's log. */
let logged: (line: string) => void;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'boot-tester-'));
  logged = () => undefined;
  vi.spyOn(console, 'log').mockImplementation((line: string) => logged(line));
  vi.spyOn(console, 'error').mockReturnValue();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

const other: ChosenPart = { use: 'bios', params: {} };

/** Runs the stage on fake machines as the engine would: request in, exit code and result out. */
async function runBoot(
  artifacts: PackagedArtifact[],
  disks: Record<string, Script>,
  wanted = signs,
  alsoOn?: ChosenPart[],
  inspections: Readonly<Record<string, Inspection>> = {},
) {
  const out = root + stagePaths.out;
  const input = join(root + stagePaths.in, 'package');
  await mkdir(out, { recursive: true });
  await mkdir(root + stagePaths.work, { recursive: true });
  for (const [path, script] of Object.entries(disks)) {
    await mkdir(dirname(join(input, path)), { recursive: true });
    await writeFile(join(input, path), JSON.stringify(script));
  }
  await mkdir(input, { recursive: true });
  const outputs = await Promise.all(Object.keys(disks).map((path) => describeOutput(input, path, 'file')));
  const data = { artifacts, initramfs: false, diskBytes: 1 };
  await writeFile(join(input, stagePaths.result), JSON.stringify({ ok: true, outputs, data }));
  const machineWish = { machine: { use: 'uefi', params: {} }, memoryMiB: 64, cpus: 1, display: true };
  const limits = { timeoutSeconds: 60, silenceSeconds: 60, wallSeconds: 600 };
  const params = { ...machineWish, ...limits, signs: wanted, ...(alsoOn ? { alsoOn } : {}) };
  const request = { contract: contractVersion, stage: 'boot', arch: 'x86_64', key: '0'.repeat(64), params };
  await writeFile(join(out, stagePaths.request), JSON.stringify(request));

  const machine = await fakeMachine(root);
  const exitCode = await runProgram(
    {
      boot: {
        contract: bootContract,
        run: (context) => bootOn(({ use }) => inspections[use] ?? machine, context),
      },
    },
    root,
  );
  const result = StageResult.parse(JSON.parse(await readFile(join(out, stagePaths.result), 'utf8')));
  return { exitCode, result, out };
}

describe('the stage', () => {
  test('tries every artifact and tells every failure', async () => {
    const long = `disks/${'b'.repeat(120)}.qcow2`;
    const { exitCode, result, out } = await runBoot(
      [bootable('a.raw'), bootable(long), { ...bootable('sbom.json'), ...earlierFacts('sbom') }],
      {
        'a.raw': { say: 'hello\r\n', next: 'reset' },
        [long]: { say: '\u001b[1mKernel panic - not syncing: oh\r\n', next: 'shutdown' },
        'sbom.json': { say: '', next: 'die' },
      },
    );
    expect(exitCode).toBe(1);
    if (result.ok) expect.fail('the stage passed');
    expect(result.error.code).toBe('boot.rebooted');
    expect(result.error.message).toMatch(/^2 of 2 images did not come up: a\.raw \(.*\); disks\/b+\.qcow2 \(.*\)\.$/);
    expect(result.error.details).toHaveLength(2);
    expect(result.error.details[1]).toMatchObject({
      value: 'Kernel panic - not syncing: oh',
      message: expect.stringMatching(/^disks\/b+\.qcow2 did not come up: the kernel panicked: Kernel panic/),
    });
    expect(await readFile(join(out, `${long}.console.log`), 'utf8')).toContain('\u001b[1mKernel');
    expect(BootData.parse(JSON.parse(await readFile(join(out, bootVerdictsFile), 'utf8'))).verdicts).toMatchObject([
      { artifact: 'a.raw', bootable: false, console: 'a.raw.console.log' },
      { artifact: long, bootable: false },
    ]);
    expect(await readdir(root + stagePaths.work)).toEqual([]);
  });

  test('tries an artifact that names machines on these alone', async () => {
    const wanted: ConsoleSigns = { up: [{ what: 'up', pattern: 'up' }], down: [] };
    const script: Script = { say: 'up\r\n', next: 'stay', clock: 2, screen: 'PNG' };
    const cd = { ...bootable('a.cd'), machines: [other] };
    const { result } = await runBoot([cd, bootable('a.raw')], { 'a.cd': script, 'a.raw': script }, wanted);
    if (!result.ok) expect.fail('the stage failed');
    const { verdicts } = BootData.parse(result.data);
    expect(verdicts.map(({ artifact, others = [] }) => [artifact, others.length])).toEqual([
      ['a.cd', 0],
      ['a.raw', 0],
    ]);
    const both = { ...cd, machines: [other, { use: 'uefi', params: {} }] };
    const { result: again } = await runBoot([both], { 'a.cd': script }, wanted);
    expect(again).toMatchObject({
      data: {
        verdicts: [{ console: 'a.cd.console.log', others: [{ machine: 'uefi', console: 'a.cd.uefi.console.log' }] }],
      },
    });
  });

  test('tries an artifact on every machine, each with a recording of its own', async () => {
    const wanted: ConsoleSigns = { up: [{ what: 'up', pattern: 'up' }], down: [] };
    const script: Script = { say: 'up\r\n', next: 'stay', clock: 2, screen: 'PNG' };
    const { exitCode, result } = await runBoot([bootable('a.raw')], { 'a.raw': script }, wanted, [other]);
    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      ok: true,
      data: {
        verdicts: [
          {
            ...{ artifact: 'a.raw', bootable: true, console: 'a.raw.console.log' },
            others: [{ machine: 'bios', bootable: true, console: 'a.raw.bios.console.log' }],
          },
        ],
      },
    });
    const paths = result.ok ? result.outputs.map(({ path }) => path).sort() : [];
    expect(paths).toEqual(
      ['bios.console.log', 'bios.screen.png', 'console.log', 'screen.png'].map((end) => `a.raw.${end}`),
    );
  });

  describe('for a machine that nothing here can start', () => {
    const board = (...problems: Inspected['problems']): Inspection => ({
      layout: 'the layout that Acme documents',
      inspect: async (disk) => ({ seen: [await readFile(disk, 'utf8')], problems }),
    });

    test('looks through the image, and says that nothing was booted', async () => {
      const told: string[] = [];
      logged = (line) => told.push(line);
      const { exitCode, result } = await runBoot(
        [bootable('a.raw')],
        { 'a.raw': { say: '', next: 'die' } },
        signs,
        [],
        {
          uefi: board(),
        },
      );
      expect(exitCode).toBe(0);
      if (!result.ok) expect.fail('the stage failed');
      const [verdict] = BootData.parse(result.data).verdicts;
      expect(verdict).toMatchObject({
        artifact: 'a.raw',
        bootable: null,
        note: 'not booted here: compared with the layout that Acme documents',
      });
      expect(verdict).not.toHaveProperty('console');
      expect(told.join('\n')).not.toContain('KVM');
      expect(told.join('\n')).toContain('a.raw: as it should be: {');
    });

    test('fails with all that was found, and is no better for a boot elsewhere', async () => {
      const wrong = (message: string) => ({ code: 'boot.layout-unfit', message, hint: 'Bring it.' });
      const up: ConsoleSigns = { up: [{ what: 'up', pattern: 'up' }], down: [] };
      const script: Script = { say: 'up\r\n', next: 'stay', clock: 2, screen: 'PNG' };
      const { result } = await runBoot([bootable('a.raw')], { 'a.raw': script }, up, [other], {
        bios: board(wrong('x is missing'), wrong('y is missing')),
      });
      if (result.ok) expect.fail('the stage passed');
      expect(result.error).toMatchObject({
        code: 'boot.layout-unfit',
        message: 'a.raw (bios) did not come up: x is missing',
        details: [{ message: expect.stringContaining('y is missing'), hint: 'Bring it.' }],
      });
      const both = await runBoot([bootable('a.raw')], { 'a.raw': script }, up, [other], { bios: board() });
      expect(both.result).toMatchObject({ data: { verdicts: [{ bootable: null, others: [{ bootable: true }] }] } });
    });
  });

  test('fails when one of the machines does not start it, and names that', async () => {
    const script: Script = { say: 'Kernel panic - not syncing: oh\r\n', next: 'shutdown' };
    const { result } = await runBoot([bootable('a.raw')], { 'a.raw': script }, signs, [other]);
    if (result.ok) expect.fail('the stage passed');
    expect(result.error.message).toMatch(/a\.raw \(the kernel panicked\); a\.raw \(bios\) \(the kernel panicked\)/);
  });

  test('passes with a verdict for each artifact, and its console and its screen as outputs', async () => {
    const wanted: ConsoleSigns = { up: [{ what: 'up', pattern: 'up' }], down: [] };
    const { exitCode, result } = await runBoot(
      [bootable('a.raw')],
      // Once it is up, it has to stay so for three seconds of its time.
      { 'a.raw': { say: 'up\r\n', next: 'stay', clock: 2, screen: 'PNG' } },
      wanted,
    );
    expect(exitCode).toBe(0);
    const verdict: BootVerdict = {
      artifact: 'a.raw',
      bootable: true,
      seconds: expect.any(Number),
      wallSeconds: expect.any(Number),
      console: 'a.raw.console.log',
      screen: 'a.raw.screen.png',
      accelerator: 'tcg',
    };
    expect(result).toMatchObject({
      ok: true,
      outputs: [
        { path: 'a.raw.console.log', sizeBytes: 4 },
        { path: 'a.raw.screen.png', sizeBytes: 3 },
      ],
      data: { verdicts: [verdict] },
    });
  });

  test('says that the fault is ours when QEMU does not run', async () => {
    const { exitCode, result } = await runBoot([bootable('a.raw')], { 'a.raw': { say: '', next: 'die' } });
    expect(exitCode).toBe(2);
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'boot.qemu', message: expect.stringContaining('could not open disk image') },
    });
  });

  test('fails when there is nothing to boot, or nothing to know an up system by', async () => {
    expect(await runBoot([], {})).toMatchObject({ exitCode: 1, result: { error: { code: 'boot.nothing' } } });
    expect(await runBoot([bootable('a.raw')], {}, { up: [], down: [] })).toMatchObject({
      exitCode: 1,
      result: { error: { code: 'boot.signs-missing' } },
    });
  });
});

const problem = {
  code: 'boot.kernel-panic',
  message: 'the kernel panicked',
  hint: 'Fix it.',
  evidence: 'Kernel panic',
};

describe('a failure', () => {
  test('names artifact, sign and time, and shows what else was seen and the console', () => {
    const failure = bootFailure(
      [
        {
          artifact: 'a.raw',
          seconds: 12.34,
          problems: [problem, { code: 'x', message: 'a unit failed', hint: 'h' }],
          tail: ['one', 'two'],
        },
      ],
      2,
    );
    expect(failure).toMatchObject({ fault: 'user', error: { code: 'boot.kernel-panic', hint: 'Fix it.' } });
    expect(failure.error.message).toBe('a.raw did not come up: the kernel panicked: Kernel panic');
    expect(failure.error.details?.[0]?.message).toBe(
      'a.raw did not come up: the kernel panicked: Kernel panic (12.3 s after the start)\nAlso seen:\n  a unit failed',
    );
    expect(failure.error.details?.[0]?.evidence).toEqual(['one', 'two']);
    expect(failure.error.retry).toBeUndefined();
  });

  test('that may be of a slow machine says that more time may help', () => {
    const of = (code: string, circumstance?: string) =>
      bootFailure(
        [{ artifact: 'a.raw', seconds: 1, problems: [{ code, message: 'm', hint: 'h' }], tail: [], circumstance }],
        1,
      ).error.retry;
    expect(of('boot.silent')).toBe('more-time');
    expect(of('boot.kernel-panic')).toBeUndefined();
    expect(of('boot.kernel-panic', 'The host was busy.')).toBe('more-time');
    expect(of('boot.qemu')).toBe('same');
  });

  test("is the image's as soon as one image could be tried", () => {
    const qemu = { code: 'boot.qemu', message: 'QEMU gave up', hint: 'h' };
    const boot = (artifact: string, cause: typeof qemu) => ({
      artifact,
      seconds: 1,
      problems: [cause] as const,
      tail: [],
    });
    expect(bootFailure([boot('a', qemu), boot('b', problem)], 2)).toMatchObject({
      fault: 'user',
      error: { code: 'boot.kernel-panic' },
    });
    expect(bootFailure([boot('a', qemu), boot('b', qemu)], 2)).toMatchObject({
      fault: 'ours',
      error: { code: 'boot.qemu' },
    });
  });
});

describe('a host that was busy', () => {
  const starved = { wallSeconds: 361, guestSeconds: 90, processorSeconds: 97 };

  test('is told of, when the machine was emulated', () => {
    const sentence = starvation('tcg', 1, starved);
    expect(sentence).toBe(
      'The machine is emulated, and this host was busy: in 361 s QEMU had 27 % of one processor, and 90 s passed for the guest.',
    );
    const failure = bootFailure(
      [{ artifact: 'a', seconds: 90, problems: [problem], tail: [], circumstance: sentence }],
      1,
    );
    expect(failure.error.message).toBe(`a did not come up: the kernel panicked: Kernel panic. ${sentence}`);
    expect(failure.error.details?.[0]?.message).toContain(`\n${sentence}`);
    expect(starvation('kvm', 1, starved)).toBeUndefined();
  });

  test('is not what a guest was that had nothing to do, or no reason to complain', () => {
    expect(starvation('tcg', 1, { wallSeconds: 300, guestSeconds: 299, processorSeconds: 20 })).toBeUndefined();
    expect(starvation('tcg', 1, { wallSeconds: 300, guestSeconds: 150, processorSeconds: 290 })).toBeUndefined();
    expect(starvation('tcg', 1, { ...starved, processorSeconds: undefined })).toBeUndefined();
  });

  test('tells the processor time of a process, whatever its name', async () => {
    expect(parseProcessorSeconds('7 (a) b (c) S 1 7 7 0 -1 4 1 2 3 4 150 50 0 0 20 0 1 0')).toBe(2);
    expect(await processorSeconds(process.pid)).toBeGreaterThan(0);
    expect(await processorSeconds(2 ** 30)).toBeUndefined();
    expect(await processorSeconds(undefined)).toBeUndefined();
  });
});

describe('progress', () => {
  test('only grows, in phases, and is the mean of all boots', () => {
    const reports: { fraction: number; note: string }[] = [];
    const progress = new BootProgress(['a', 'b'], (fraction, note) => void reports.push({ fraction, note }));
    for (const [phase, atMs] of [
      ['firmware', 0],
      ['firmware', 9000],
      ['kernel', 10_000],
      ['userspace', 15_000],
      ['userspace', 600_000],
      ['up', 601_000],
    ] as const)
      progress.phase('a', phase, atMs);
    progress.done('a');
    progress.phase('b', 'firmware', 0);
    progress.done('b');
    const fractions = reports.map((report) => report.fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(reports.slice(0, 3).map((report) => report.note)).toEqual(['a: firmware', 'a: firmware', 'a: kernel']);
    expect(reports.at(-1)).toEqual({ fraction: 1, note: '' });
    expect(reports.find((report) => report.note === 'b: firmware')?.fraction).toBeCloseTo(0.51);
  });
});

describe('guests side by side', () => {
  test.each([
    [{ cpus: 8, memoryMiB: 65_536 }, 4],
    [{ cpus: 8, memoryMiB: 3000 }, 2],
    [{ cpus: 1.5, memoryMiB: 512 }, 1],
  ])('on %j are %d', (capacity, guests) => {
    expect(guestsAtOnce(capacity, { cpus: 2, memoryMiB: 1024 })).toBe(guests);
  });

  test('get the processors that the control group grants', () => {
    expect(parseCpuMax('max 100000\n')).toBe(Number.POSITIVE_INFINITY);
    expect(parseCpuMax('150000 100000\n')).toBe(1.5);
  });
});
