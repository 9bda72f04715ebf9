import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Guest, GuestEnd } from '../../stage-images/boot-tester/guest.ts';
import { type GuestRun, maxConsoleBytes, runGuest } from '../../stage-images/boot-tester/run-guest.ts';
import { compileSigns, type Phase } from '../../stage-images/boot-tester/signs.ts';
import { limits, systemdSigns } from './boot-tester-replay.ts';

const up = 'Reached target multi-user.target\r\ngw login: ';

class FakeGuest implements Guest {
  readonly console = new PassThrough();
  readonly check: PassThrough | undefined;
  readonly ended: Promise<GuestEnd>;
  stops = 0;
  #resolve: (end: GuestEnd) => void = () => undefined;

  constructor(withCheck = false) {
    this.check = withCheck ? new PassThrough() : undefined;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  end(end: GuestEnd): void {
    this.console.end();
    this.check?.end();
    this.#resolve(end);
  }

  async stop(): Promise<void> {
    this.stops += 1;
    this.end({ cause: 'qemu', message: 'stopped' });
  }
}

let folder: string;
let recording: string;
/** What the listener was told; `line` resolves once a line was. */
let heard: { lines: string[]; phases: [Phase, number][]; line: (text: string) => Promise<void> };
let waiting: { text: string; resolve: () => void }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boot-tester-'));
  recording = join(folder, 'console.log');
  waiting = [];
  heard = {
    lines: [],
    phases: [],
    line: (text) =>
      heard.lines.includes(text) ? Promise.resolve() : new Promise((resolve) => waiting.push({ text, resolve })),
  };
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

function run(guest: Guest): Promise<GuestRun> {
  return runGuest(guest, compileSigns(systemdSigns()), limits, recording, {
    line: (text) => {
      heard.lines.push(text);
      for (const one of waiting.filter((one) => one.text === text)) one.resolve();
    },
    phase: (phase, atMs) => void heard.phases.push([phase, atMs]),
  });
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
    expect((await done).outcome).toMatchObject({ up: false, faults: [{ code: 'boot.silent' }] });
    expect(heard.phases.map(([, atMs]) => atMs)).toEqual(Array.from({ length: 61 }, (_, second) => second * 1000));
  });

  test('hears what a guest said before it ended', async () => {
    const guest = new FakeGuest();
    const done = run(guest);
    guest.console.write('Kernel panic - not syncing: oh');
    guest.end({ cause: 'reset' });
    const { outcome, tail } = await done;
    expect(outcome).toMatchObject({ up: false, faults: [{ code: 'boot.kernel-panic' }] });
    expect(tail).toEqual(['Kernel panic - not syncing: oh']);
  });

  test('listens to the check', async () => {
    const guest = new FakeGuest(true);
    const done = run(guest);
    guest.check?.write('ldf-check begin\r\nldf-check failed x.service core-dump\r\nldf-check end\r\n');
    guest.console.write(up);
    await heard.line('Reached target multi-user.target');
    await vi.advanceTimersByTimeAsync(4000);
    expect(await done).toMatchObject({
      checked: true,
      outcome: { up: false, faults: [{ message: 'x.service failed (core-dump)' }] },
    });
  });

  test('ends a guest that floods its console', async () => {
    const guest = new FakeGuest(true);
    const done = run(guest);
    const piece = Buffer.from(`${'x'.repeat(1023)}\n`.repeat(1024));
    for (let written = 0; written <= maxConsoleBytes; written += piece.length) guest.console.write(piece);
    expect((await done).outcome).toMatchObject({ up: false, faults: [{ code: 'boot.console-flood' }] });
    expect(guest.stops).toBeGreaterThan(0);
  });

  test('fails, and ends the guest, when it cannot record', async () => {
    const guest = new FakeGuest();
    recording = join(folder, 'missing/console.log');
    await expect(run(guest)).rejects.toThrow(/ENOENT/);
    expect(guest.stops).toBe(1);
  });
});
