import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemdReport } from '../../../../parts/checks/systemd/systemd.ts';
import { nothingToBoot } from '../../../../parts/machines/uefi/uefi.ts';
import type { Guest, GuestEnd } from '../../../../stage-images/boot-tester/guest.ts';
import { type GuestRun, maxConsoleBytes, runGuest } from '../../../../stage-images/boot-tester/run-guest.ts';
import { compileSigns, type Phase } from '../../../../stage-images/boot-tester/signs.ts';
import { limits, systemdSigns } from './replay.ts';

const up = 'Reached target multi-user.target\r\ngw login: ';

class FakeGuest implements Guest {
  readonly console = new PassThrough();
  readonly check: PassThrough | undefined;
  readonly ended: Promise<GuestEnd>;
  readonly screenshot = undefined;
  /** Absent: the host's time. */
  readonly clock: (() => Promise<number>) | undefined;
  stops = 0;
  #resolve: (end: GuestEnd) => void = () => undefined;

  constructor(withCheck = false, clock?: () => Promise<number>) {
    this.check = withCheck ? new PassThrough() : undefined;
    this.clock = clock;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  end(end: GuestEnd): void {
    this.console.end();
    this.check?.end();
    this.#resolve(end);
  }

  async processorSeconds(): Promise<number> {
    return 9;
  }

  async stop(): Promise<void> {
    this.stops += 1;
    this.end({ cause: 'qemu', message: 'stopped' });
  }
}

let folder: string;
let recording: string;
/** What the listener was told; `line` resolves once a line was. */
let heard: { lines: string[]; phases: [Phase, number][]; waits: number[]; line: (text: string) => Promise<void> };
let waiting: { text: string; resolve: () => void }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boot-tester-'));
  recording = join(folder, 'console.log');
  waiting = [];
  heard = {
    lines: [],
    phases: [],
    waits: [],
    line: (text) =>
      heard.lines.includes(text) ? Promise.resolve() : new Promise((resolve) => waiting.push({ text, resolve })),
  };
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

function run(guest: Guest, within = limits): Promise<GuestRun> {
  return runGuest(
    guest,
    {
      signs: compileSigns(systemdSigns(), nothingToBoot),
      report: guest.check && systemdReport({ screen: false, words: [], questions: [] }),
    },
    within,
    recording,
    {
      line: (text) => {
        heard.lines.push(text);
        for (const one of waiting.filter((one) => one.text === text)) one.resolve();
      },
      phase: (phase, atMs) => void heard.phases.push([phase, atMs]),
      waiting: (_phase, _atMs, wallMs) => void heard.waits.push(wallMs),
    },
  );
}

describe('a run', () => {
  test('records the bytes, tells lines and phases, and ends the guest once it is up', async () => {
    const guest = new FakeGuest();
    const done = run(guest);
    guest.console.write('[    0.000000] Linux version 6.12\r\n');
    await heard.line('[    0.000000] Linux version 6.12');
    guest.console.write(`\u001b[1mx\u001b[0m\r\n${up}`);
    await heard.line('Reached target multi-user.target');
    await vi.advanceTimersByTimeAsync(3000);
    const { outcome, tail } = await done;
    expect(outcome).toEqual({ up: true, seconds: 0 });
    expect(tail).toEqual(['[    0.000000] Linux version 6.12', 'x', 'Reached target multi-user.target', 'gw login:']);
    expect(heard.phases.map(([phase]) => phase)).toEqual(expect.arrayContaining(['firmware', 'kernel', 'up']));
    expect(await readFile(recording, 'utf8')).toBe(`[    0.000000] Linux version 6.12\r\n\u001b[1mx\u001b[0m\r\n${up}`);
    expect(heard.lines.at(-1)).toBe('gw login:');
    expect(guest.stops).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('tells the phase every second, silence or not', async () => {
    const guest = new FakeGuest();
    const done = run(guest);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await done).outcome).toMatchObject({ up: false, problems: [{ code: 'boot.silent' }] });
    expect(heard.phases.map(([, atMs]) => atMs)).toEqual(Array.from({ length: 61 }, (_, second) => second * 1000));
  });

  test("counts the guest's own time, not ours, and tells that it still waits", async () => {
    // A tenth of our time passes for it; its clock shows whole seconds.
    const startedMs = performance.now();
    const guest = new FakeGuest(false, async () => Math.floor((performance.now() - startedMs) / 10_000));
    const done = run(guest);
    await vi.advanceTimersByTimeAsync(599_000);
    expect(heard.waits.map((wallMs) => Math.round(wallMs / 1000))).toEqual([
      60, 120, 180, 240, 300, 360, 420, 480, 540,
    ]);
    expect(guest.stops).toBe(0);
    await vi.advanceTimersByTimeAsync(2000);
    const { outcome, host } = await done;
    expect(outcome).toMatchObject({ up: false, seconds: 60, problems: [{ code: 'boot.silent' }] });
    expect(host).toMatchObject({ guestSeconds: 60, processorSeconds: 9 });
    expect(host.wallSeconds).toBeCloseTo(600, 0);
  });

  test('dates a guest with a time of its own by that', async () => {
    let shownSeconds = 7;
    const guest = new FakeGuest(false, async () => shownSeconds);
    const done = run(guest);
    await vi.advanceTimersByTimeAsync(1000);
    guest.console.write(up);
    await heard.line('Reached target multi-user.target');
    shownSeconds = 20;
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await done).outcome).toEqual({ up: true, seconds: 7 });
  });

  test('takes a step of its clock that the guest made itself for no time', async () => {
    let shownSeconds = 5;
    const guest = new FakeGuest(false, async () => shownSeconds);
    const done = run(guest);
    for (const seconds of [86_400, 86_410, 3, 13]) {
      await vi.advanceTimersByTimeAsync(1000);
      shownSeconds = seconds;
    }
    await vi.advanceTimersByTimeAsync(1000);
    guest.end({ cause: 'reset' });
    expect((await done).outcome).toMatchObject({ up: false, seconds: 5 + 10 + 10 });
  });

  test('does not wait for ever for a guest whose clock stands still', async () => {
    const guest = new FakeGuest(false, () => new Promise(() => undefined));
    const done = run(guest, { ...limits, wallMs: 120_000 });
    await vi.advanceTimersByTimeAsync(120_000);
    expect((await done).outcome).toMatchObject({
      up: false,
      seconds: 0,
      problems: [{ code: 'boot.too-slow', message: expect.stringContaining('within 2 minutes') }],
    });
  });

  test('looks at the guest once the verdict is reached and before it ends', async () => {
    const guest = new FakeGuest();
    const done = runGuest(
      guest,
      { signs: compileSigns(systemdSigns(), nothingToBoot) },
      limits,
      recording,
      { line: () => undefined, phase: () => undefined, waiting: () => undefined },
      async () => expect(guest.stops).toBe(0),
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await done).outcome.up).toBe(false);
    expect.assertions(2);
  });

  test('hears what a guest said before it ended', async () => {
    const guest = new FakeGuest();
    const done = run(guest);
    guest.console.write('Kernel panic - not syncing: oh');
    guest.end({ cause: 'reset' });
    const { outcome, tail } = await done;
    expect(outcome).toMatchObject({ up: false, problems: [{ code: 'boot.kernel-panic' }] });
    expect(tail).toEqual(['Kernel panic - not syncing: oh']);
  });

  test('listens to the check', async () => {
    const guest = new FakeGuest(true);
    const done = run(guest);
    guest.check?.write('ldf-check start\r\nldf-check failed x.service core-dump\r\nldf-check end\r\n');
    guest.console.write(up);
    await heard.line('Reached target multi-user.target');
    await vi.advanceTimersByTimeAsync(4000);
    expect(await done).toMatchObject({
      checked: true,
      outcome: { up: false, problems: [{ message: 'x.service failed (core-dump)' }] },
    });
  });

  test('ends a guest that floods its console', async () => {
    const guest = new FakeGuest(true);
    const done = run(guest);
    const piece = Buffer.from(`${'x'.repeat(1023)}\n`.repeat(1024));
    for (let written = 0; written <= maxConsoleBytes; written += piece.length) guest.console.write(piece);
    expect((await done).outcome).toMatchObject({ up: false, problems: [{ code: 'boot.console-flood' }] });
    expect(guest.stops).toBeGreaterThan(0);
  });

  test('fails, and ends the guest, when it cannot record', async () => {
    const guest = new FakeGuest();
    recording = join(folder, 'missing/console.log');
    await expect(run(guest)).rejects.toThrow(/ENOENT/);
    expect(guest.stops).toBe(1);
  });
});
