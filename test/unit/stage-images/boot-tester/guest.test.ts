import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { uefi } from '../../../../parts/machines/uefi/uefi.ts';
import { type Guest, startGuest } from '../../../../stage-images/boot-tester/guest.ts';
import { MonitorError } from '../../../../stage-images/boot-tester/monitor.ts';
import { qemuArguments } from '../../../../stage-images/boot-tester/qemu-arguments.ts';
import { takePicture } from '../../../../stage-images/boot-tester/screen.ts';
import { fakeMachine, type Script } from './fake-qemu.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boot-tester-'));
  await mkdir(join(folder, 'guest'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

async function start(script: Script, strings?: readonly string[]): Promise<Guest> {
  const path = join(folder, 'disk.raw');
  await writeFile(path, JSON.stringify(script));
  return startGuest(await fakeMachine(folder), {
    accelerator: 'tcg',
    cpus: 1,
    memoryMiB: 64,
    display: true,
    disk: { path, driver: 'raw' },
    folder: join(folder, 'guest'),
    answers: strings !== undefined,
    strings: strings ?? [],
  });
}

describe('a guest', () => {
  test.each(['reset', 'shutdown'] as const)(
    'that ends by %s says so, and its console is heard to the end',
    async (next) => {
      const guest = await start({ say: 'hello\r\n', next });
      expect(await text(guest.console)).toBe('hello\r\n');
      expect(await guest.ended).toEqual({ cause: next });
    },
  );

  test('that QEMU cannot start ends with what QEMU said', async () => {
    const guest = await start({ say: '', next: 'die' });
    expect(await text(guest.console)).toBe('');
    expect(await guest.ended).toEqual({ cause: 'qemu', message: 'fake-qemu: could not open disk image (exit code 1)' });
  });

  test('whose QEMU is not there ends, too', async () => {
    const machine = { ...(await fakeMachine(folder)), qemu: join(folder, 'missing') };
    const disk = { path: '/nonexistent', driver: 'raw' } as const;
    const parts = { accelerator: 'tcg', cpus: 1, memoryMiB: 64, display: false, disk, folder } as const;
    const guest = await startGuest(machine, { ...parts, answers: false, strings: [] });
    guest.console.resume();
    expect(await guest.ended).toMatchObject({ cause: 'qemu', message: expect.stringContaining('ENOENT') });
  });

  test('is stopped, and its second serial port is heard to the end', async () => {
    const guest = await start({ say: 'x', check: 'ldf-check start\n', next: 'stay' }, ['type=11']);
    if (!guest.check) expect.fail('it has no second port');
    guest.console.once('data', () => void guest.stop());
    expect(await text(guest.check)).toBe('ldf-check start\n');
    expect(await guest.ended).toMatchObject({ cause: 'qemu' });
  });

  test('that does not obey is killed', async () => {
    const guest = await start({ say: 'x', next: 'hang' });
    await new Promise((resolve) => guest.console.once('data', resolve));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const stopped = guest.stop();
    await vi.advanceTimersByTimeAsync(5000);
    await stopped;
    expect(await guest.ended).toMatchObject({ message: expect.stringContaining('SIGKILL') });
  });

  test('tells its own time, which its clock shows', async () => {
    const guest = await start({ say: 'x', next: 'stay', clock: 90 });
    await new Promise((resolve) => guest.console.once('data', resolve));
    expect(await guest.clock?.()).toBe(90);
    await guest.stop();
    await expect(guest.clock?.()).rejects.toThrow(MonitorError);
  });

  test('on KVM has no time of its own, nor has one that somebody sits in front of', async () => {
    const path = join(folder, 'disk.raw');
    await writeFile(path, JSON.stringify({ say: '', next: 'die' }));
    const machine = await fakeMachine(folder);
    const parts = { cpus: 1, memoryMiB: 64, display: false, disk: { path, driver: 'raw' } } as const;
    const wish = { ...parts, folder: join(folder, 'guest'), answers: false, strings: [] };
    for (const more of [{ accelerator: 'kvm' }, { accelerator: 'tcg', time: 'host' }] as const) {
      const guest = await startGuest(machine, { ...wish, ...more });
      guest.console.resume();
      await guest.ended;
      expect(guest.clock).toBeUndefined();
    }
  });

  test('has a picture of its screen taken, or QEMU says why not', async () => {
    const picture = join(folder, 'screen.png');
    const guest = await start({ say: 'x', next: 'stay', screen: 'PNG' });
    await new Promise((resolve) => guest.console.once('data', resolve));
    expect(await takePicture(guest, picture)).toBeUndefined();
    expect(await readFile(picture, 'utf8')).toBe('PNG');
    await guest.stop();
    expect(await takePicture(guest, picture)).toMatch(/QEMU/);
    await expect(readFile(picture)).rejects.toThrow(/ENOENT/);

    const blind = await start({ say: 'x', next: 'stay' });
    await new Promise((resolve) => blind.console.once('data', resolve));
    expect(await takePicture(blind, picture)).toBe('no console');
    await blind.stop();
  });

  test('has firmware variables of its own', async () => {
    const guest = await start({ say: '', next: 'reset' });
    guest.console.resume();
    await guest.ended;
    expect(await readFile(join(folder, 'guest/variables.fd'), 'utf8')).toBe('variables');
  });
});

describe("QEMU's arguments", () => {
  const machine = uefi.make({}).on('x86_64');
  const parts = {
    accelerator: 'tcg',
    cpus: 2,
    memoryMiB: 512,
    display: false,
    disk: { path: '/in/a,b.qcow2', driver: 'qcow2' },
    firmware: ['-bios', '/scratch/bios'],
    monitor: '/scratch/monitor',
    strings: [],
  } as const;

  test('leave the disk as it is, and the network without a way out', () => {
    const options = qemuArguments(machine, parts);
    expect(options).toContain('if=none,id=disk,format=qcow2,snapshot=on,file=/in/a,,b.qcow2');
    expect(options).toContain('user,id=network,restrict=on');
    expect(options).toEqual(expect.arrayContaining(['-no-reboot', '-nodefaults', '-no-user-config', '-S']));
    expect(options.filter((option) => option === '-serial')).toHaveLength(1);
    expect(options).not.toContain('-smbios');
    expect(options[options.indexOf('-bios') + 1]).toBe('/scratch/bios');
  });

  test('have a CD in the drive of a PC where the image is one', () => {
    const options = qemuArguments(machine, { ...parts, disk: { path: '/in/a', driver: 'raw', seenAs: 'cdrom' } });
    expect(options).toContain('if=none,id=disk,format=raw,readonly=on,media=cdrom,file=/in/a');
    expect(options).toContain('ide-cd,drive=disk,bootindex=0');
    expect(options).not.toContain('virtio-blk-pci,drive=disk,bootindex=0');
  });

  test('serve the folder of what is loaded over the network, and nothing else', () => {
    const disk = { path: '/in/a,b', driver: 'raw', seenAs: 'network' } as const;
    const options = qemuArguments(machine, { ...parts, disk });
    expect(options).toContain('user,id=network,restrict=on,tftp=/in,bootfile=a,,b');
    expect(options).toContain('virtio-net-pci,netdev=network,bootindex=0');
    expect(options).not.toContain('-drive');
  });

  test('have a second serial port for a check', () => {
    const options = qemuArguments(machine, {
      ...parts,
      check: '/scratch/check',
      strings: ['a,b'],
    });
    expect(options.filter((option) => option === '-serial')).toHaveLength(2);
    expect(options).toContain('type=11,value=a,,b');
  });

  test('deny QEMU what it does without', () => {
    const options = qemuArguments(machine, parts);
    expect(options[options.indexOf('-sandbox') + 1]).toBe(
      'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    );
  });

  test("let a guest's clock follow its instructions, when it has a time of its own", () => {
    const options = qemuArguments(machine, { ...parts, clockStart: new Date('2026-01-02T03:04:05Z') });
    expect(options[options.indexOf('-icount') + 1]).toMatch(/^shift=\d,sleep=on,align=off$/);
    expect(options[options.indexOf('-rtc') + 1]).toBe('base=2026-01-02T03:04:05,clock=vm');
    expect(qemuArguments(machine, parts)).not.toContain('-icount');
  });

  test('have a screen when the guest shall have one', () => {
    expect(qemuArguments(machine, parts)).not.toContain('VGA');
    expect(qemuArguments(machine, { ...parts, display: true })).toContain('VGA');
  });
});
