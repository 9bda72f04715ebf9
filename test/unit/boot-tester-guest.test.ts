import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Guest, startGuest } from '../../stage-images/boot-tester/guest.ts';
import { machineFor, qemuArguments } from '../../stage-images/boot-tester/machines.ts';
import { fakeMachine, type Script } from './boot-tester-fake-qemu.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boot-tester-'));
  await mkdir(join(folder, 'guest'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

async function start(script: Script, checkStrings?: readonly string[]): Promise<Guest> {
  const path = join(folder, 'disk.raw');
  await writeFile(path, JSON.stringify(script));
  return startGuest(await fakeMachine(folder), {
    accelerator: 'tcg',
    cpus: 1,
    memoryMiB: 64,
    disk: { path, format: 'raw' },
    folder: join(folder, 'guest'),
    checkStrings,
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
    const disk = { path: '/nonexistent', format: 'raw' } as const;
    const parts = { accelerator: 'tcg', cpus: 1, memoryMiB: 64, disk, folder } as const;
    const guest = await startGuest(machine, { ...parts, checkStrings: undefined });
    guest.console.resume();
    expect(await guest.ended).toMatchObject({ cause: 'qemu', message: expect.stringContaining('ENOENT') });
  });

  test('is stopped, and its second serial port is heard to the end', async () => {
    const guest = await start({ say: 'x', check: 'ldf-check begin\n', next: 'stay' }, ['type=11']);
    if (!guest.check) expect.fail('it has no second port');
    guest.console.once('data', () => void guest.stop());
    expect(await text(guest.check)).toBe('ldf-check begin\n');
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

  test('has firmware variables of its own', async () => {
    const guest = await start({ say: '', next: 'reset' });
    guest.console.resume();
    await guest.ended;
    expect(await readFile(join(folder, 'guest/variables.fd'), 'utf8')).toBe('variables');
  });
});

describe("QEMU's arguments", () => {
  const parts = {
    accelerator: 'tcg',
    cpus: 2,
    memoryMiB: 512,
    disk: { path: '/in/a,b.qcow2', format: 'qcow2' },
    variables: '/scratch/variables.fd',
    monitor: '/scratch/monitor',
  } as const;

  test('leave the disk as it is, and the network without a way out', () => {
    const options = qemuArguments(machineFor('x86_64'), parts);
    expect(options).toContain('if=none,id=disk,format=qcow2,snapshot=on,file=/in/a,,b.qcow2');
    expect(options).toContain('user,id=network,restrict=on');
    expect(options).toEqual(expect.arrayContaining(['-no-reboot', '-nodefaults', '-no-user-config', '-S']));
    expect(options.filter((option) => option === '-serial')).toHaveLength(1);
    expect(options).not.toContain('-smbios');
  });

  test('have a second serial port for a check', () => {
    const options = qemuArguments(machineFor('x86_64'), {
      ...parts,
      check: { socket: '/scratch/check', smbios: ['a,b'] },
    });
    expect(options.filter((option) => option === '-serial')).toHaveLength(2);
    expect(options).toContain('type=11,value=a,,b');
  });

  test('are not there for an architecture without a machine', () => {
    expect(() => machineFor('aarch64')).toThrow(/no machine to boot aarch64/);
  });
});
