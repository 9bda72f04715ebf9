import { describe, expect, test } from 'vitest';
import type { CheckReport } from '../../../../parts/checks/check.ts';
import { systemdReport } from '../../../../parts/checks/systemd/systemd.ts';
import { nothingToBoot } from '../../../../parts/machines/uefi/uefi.ts';
import { compileSigns } from '../../../../stage-images/boot-tester/signs.ts';
import { StageFailure } from '../../../../stage-images/contract/failure.ts';
import { Replay, recording, systemdSigns } from './replay.ts';

const reached = '[  OK  ] Reached target multi-user.target - Multi-User System.\r\n';
const prompt = '\r\nDebian GNU/Linux 13 gw ttyS0\r\n\r\ngw login: ';

describe('a recorded boot', () => {
  test('that went well is up', () => {
    expect(new Replay().say(recording('up')).outcome()).toMatchObject({ up: true });
  });

  test.each([
    ['failed-unit', 'boot.unit-failed', /Failed to start broken\.service/],
    ['emergency', 'boot.emergency-mode', /Reached target emergency\.target/],
    ['panic', 'boot.kernel-panic', /Unable to mount root fs/],
    ['initramfs', 'boot.initramfs', /LABEL=nowhere does not exist/],
    ['firmware-shell', 'boot.firmware', /failed to load Boot0001/],
    ['silent', 'boot.silent', undefined],
  ])('%s fails with %s', (name, code, evidence) => {
    const outcome = new Replay().say(recording(name)).outcome();
    if (outcome.up) expect.fail('it is not up');
    expect(outcome.problems[0].code).toBe(code);
    if (evidence) expect(outcome.problems[0].evidence).toMatch(evidence);
    else expect(outcome.problems[0].evidence).toBeUndefined();
    expect(outcome.problems[0].hint).not.toBe('');
  });

  test('of a boot loader without an entry ends in a reset', () => {
    const outcome = new Replay().say(recording('no-entry')).end({ cause: 'reset' }).outcome();
    expect(outcome).toMatchObject({
      up: false,
      problems: [{ code: 'boot.rebooted', hint: expect.stringMatching(/boot loader/) }],
    });
  });

  test('that reset after a panic failed for the panic', () => {
    expect(new Replay().say(recording('panic')).end({ cause: 'reset' }).codes()[0]).toBe('boot.kernel-panic');
  });
});

describe('up', () => {
  test('takes every sign, in any order', () => {
    expect(new Replay().say(reached + prompt).outcome()).toMatchObject({ up: true });
    expect(new Replay().say(`${prompt}\r\n${reached}`).outcome()).toMatchObject({ up: true });
    expect(new Replay().say(prompt).codes()).toEqual(['boot.silent']);
    expect(new Replay().say(reached).codes()).toEqual(['boot.silent']);
  });

  test('is dated by the last sign, and needs three seconds to settle', () => {
    const replay = new Replay().wait(20_000).say(reached).wait(5000).say(prompt);
    const promptAtMs = replay.nowMs;
    expect(replay.outcome()).toEqual({ up: true, seconds: promptAtMs / 1000 });
    expect(replay.nowMs).toBe(promptAtMs + 3000);
  });

  test('is lost when a unit fails while it settles', () => {
    const replay = new Replay().say(reached + prompt).wait(2500);
    expect(replay.watch.review(replay.nowMs)).toBeUndefined();
    expect(replay.say('\r\n[FAILED] Failed to start late.service.\r\n').codes()).toEqual(['boot.unit-failed']);
  });

  test('is seen in a prompt that a kernel message runs into', () => {
    expect(new Replay().say(`${reached}${prompt}[   37.866252] cryptd: max\r\n`).outcome()).toMatchObject({ up: true });
  });

  test.each(['Last login: Sat Nov 22', 'pam_unix(login:session): opened', 'Starting getty login: prompt service'])(
    'is not seen in %j',
    (line) => {
      expect(new Replay().say(`${reached}${line}\r\n`).codes()).toEqual(['boot.silent']);
    },
  );
});

describe('a failure', () => {
  test('is followed until the console rests, and all of it is told, the cause first', () => {
    const replay = new Replay().say('[FAILED] Failed to start a.service.\r\n').wait(2000);
    expect(replay.watch.review(replay.nowMs)).toBeUndefined();
    replay.say('[FAILED] Failed to start b.service.\r\n').wait(2000).say('You are in emergency mode.\r\n');
    expect(replay.codes()).toEqual(['boot.emergency-mode', 'boot.unit-failed', 'boot.unit-failed']);
  });

  test('is not followed for ever', () => {
    const replay = new Replay().say('Kernel panic - not syncing: oh\r\n');
    for (let second = 0; second < 29; second += 1) replay.wait(1000).say(`noise ${second}\r\n`);
    expect(replay.watch.review(replay.nowMs)).toBeUndefined();
    expect(replay.wait(1500).say('noise\r\n').watch.review(replay.nowMs)).toMatchObject({ up: false });
  });

  test('in the boot loader is no failure once the kernel speaks', () => {
    const replay = new Replay().say('[    0.000000] Linux version 6.12.57\r\nUEFI Interactive Shell v2.2\r\n');
    expect(replay.say(reached + prompt).outcome()).toMatchObject({ up: true });
  });

  test('at a prompt is seen once the prompt rests', () => {
    expect(new Replay().say('grub rescue> ').codes()).toEqual(['boot.loader']);
    expect(new Replay().say('(initramfs) ').codes()).toEqual(['boot.initramfs']);
  });

  test.each([
    ['initramfs: no PARTUUID=x within 30 s; block devices: vda', 'boot.initramfs'],
    ['[    2.7] Kernel panic - not syncing: VFS: Unable to mount root fs', 'boot.kernel-panic'],
    ['[    2.7] Kernel panic - not syncing: Attempted to kill init! exitcode=0x100', 'boot.kernel-panic'],
    ['systemd[1]: Freezing execution.', 'boot.init-frozen'],
  ])('is seen in %j', (line, code) => {
    expect(new Replay().say(`${line}\r\n`).codes()).toEqual([code]);
  });

  test.each([
    'initramfs: root file system on /dev/vda2',
    'initramfs: virtio_scsi.ko was not loaded',
    '[ TIME ] Timed out waiting for device x.',
    '[DEPEND] Dependency failed for /data.',
  ])('is not seen in %j', (line) => {
    expect(new Replay().say(`${line}\r\n${reached}${prompt}`).codes()).toEqual([]);
  });
});

describe('an end without a sign', () => {
  test('silence tells the phase and what was not seen', () => {
    const outcome = new Replay().say('[    0.0] Linux version 6.12\r\n').outcome();
    expect(outcome).toMatchObject({
      up: false,
      problems: [
        {
          code: 'boot.silent',
          message: expect.stringMatching(/60 s in phase kernel; not seen: the multi-user target, a log-?in prompt/),
        },
      ],
    });
  });

  test('silence from the start blames no kernel', () => {
    const replay = new Replay();
    expect(replay.outcome()).toMatchObject({ problems: [{ message: expect.stringMatching(/not even the firmware/) }] });
    expect(replay.nowMs).toBe(60_000);
  });

  test('a console that continues without coming up runs out of time', () => {
    const replay = new Replay();
    for (let second = 0; second < 600; second += 1) replay.wait(1000).say(`line ${second}\r\n`);
    expect(replay.codes()).toEqual(['boot.timeout']);
  });

  test.each([
    [{ cause: 'reset' }, 'boot.rebooted'],
    [{ cause: 'shutdown' }, 'boot.powered-off'],
    [{ cause: 'qemu', message: 'Could not open disk' }, 'boot.qemu'],
    [{ cause: 'flood', message: 'more than 4 MiB' }, 'boot.console-flood'],
  ] as const)('%j fails with %s', (end, code) => {
    expect(new Replay().say(reached).end(end).codes()).toEqual([code]);
  });

  test('a machine that goes down while it settles is not up', () => {
    expect(
      new Replay()
        .say(reached + prompt)
        .end({ cause: 'shutdown' })
        .codes(),
    ).toEqual(['boot.powered-off']);
  });
});

describe('a check inside the guest', () => {
  const tell = (replay: Replay, report: CheckReport, ...lines: string[]) => {
    for (const line of lines) report.heard(`ldf-check ${line}`);
    replay.watch.checked(replay.nowMs);
  };

  test('tells the target that systemd no longer printed once a getty had the console', () => {
    const report = systemdReport({ screen: false, words: [], questions: [] });
    const replay = new Replay(report).say(recording('late-getty'));
    expect(replay.watch.review(replay.nowMs)).toBeUndefined();
    tell(replay, report, 'start', 'active multi-user.target', 'end');
    expect(replay.outcome()).toMatchObject({ up: true });
    expect(new Replay().say(recording('late-getty')).codes()).toEqual(['boot.silent']);
  });

  test('tells a failed unit that the console never showed', () => {
    const report = systemdReport({ screen: false, words: [], questions: [] });
    const replay = new Replay(report).say(recording('up'));
    tell(replay, report, 'start', 'failed broken.service exit-code', 'journal broken.service cannot open  x', 'end');
    expect(replay.outcome()).toMatchObject({
      up: false,
      problems: [
        { code: 'boot.unit-failed', message: 'broken.service failed (exit-code)', evidence: 'cannot open  x' },
      ],
    });
  });

  test('is waited for once it has begun, three minutes at most', () => {
    const report = systemdReport({ screen: false, words: [], questions: [] });
    const replay = new Replay(report).say(reached + prompt);
    const upAtMs = replay.nowMs;
    tell(replay, report, 'start');
    expect(replay.outcome()).toMatchObject({ up: true });
    expect(replay.nowMs).toBe(upAtMs + 180_000);
  });

  test('that is never heard changes nothing but ten seconds', () => {
    const replay = new Replay(systemdReport({ screen: false, words: [], questions: [] })).say(reached + prompt);
    const upAtMs = replay.nowMs;
    expect(replay.outcome()).toEqual({ up: true, seconds: upAtMs / 1000 });
    expect(replay.nowMs).toBe(upAtMs + 10_000);
  });
});

describe('signs', () => {
  test('that are missing or malformed fail the stage', () => {
    const { up, down } = systemdSigns();
    const [sign] = up;
    if (!sign) expect.fail('systemd has no sign');
    expect(() => compileSigns({ up: [], down }, nothingToBoot)).toThrow(StageFailure);
    expect(() => compileSigns({ up: [{ ...sign, pattern: '(' }], down }, nothingToBoot)).toThrow(
      /no regular expression/,
    );
  });
});
