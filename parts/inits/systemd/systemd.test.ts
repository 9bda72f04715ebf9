import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NotedRoot } from '../../../test/fixtures/noted-root.ts';
import { systemd, Units } from './systemd.ts';

describe('units', () => {
  const units = new Units(
    new Map([
      ['ssh.service', { target: undefined }],
      ['sshd.service', { target: 'ssh.service' }],
      ['getty@.service', { target: undefined }],
      ['gone.service', { target: 'null' }],
      ['apt-daily.timer', { target: undefined }],
    ]),
  );

  test('by name with and without suffix, by alias, and by instance', () => {
    expect(units.find('ssh')).toBe('ssh.service');
    expect(units.find('sshd')).toBe('ssh.service');
    expect(units.find('getty@tty2')).toBe('getty@tty2.service');
    expect(units.find('apt-daily.timer')).toBe('apt-daily.timer');
    expect(units.find('gone')).toBe('gone.service');
  });

  test('what is not there', () => {
    expect(units.find('apt-daily')).toBeUndefined();
    expect(units.find('nginx')).toBeUndefined();
  });
});

describe('a root file system', () => {
  let folder = '';
  let root: NotedRoot;
  const init = systemd.make({});

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ldf-systemd-'));
    await mkdir(join(folder, 'root'));
    root = new NotedRoot(join(folder, 'root'), 1_700_000_000, () => undefined);
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('without systemd could not boot', async () => {
    await expect(init.require(root)).rejects.toMatchObject({
      error: { code: 'init.missing', details: [{ pointer: '/init' }] },
    });
    await root.write('/usr/lib/systemd/systemd', 'a program');
    await init.require(root);
  });

  test('gets the services that are asked for, and every name that is none is told at once', async () => {
    await root.write('/usr/lib/systemd/system/ssh.service', '[Service]\n');
    await root.write('/etc/systemd/system/multi-user.target.wants/ssh.service', '');
    await init.setServices(root, { enable: ['ssh'], disable: [] });
    expect(root.commands[0]).toBe('systemctl enable ssh.service');
    await expect(init.setServices(root, { enable: ['shs'], disable: ['sch'] })).rejects.toMatchObject({
      error: {
        code: 'services.unknown',
        details: [{ pointer: '/system/services/enable' }, { pointer: '/system/services/disable' }],
      },
    });
  });

  test('is left without an identity, which each machine makes', async () => {
    await root.write('/etc/machine-id', 'of the machine that built it\n');
    await init.prepareFirstBoot(root, { entries: [], given: [] });
    expect(await readFile(join(root.path, 'etc/machine-id'), 'utf8')).toBe('uninitialized\n');
    expect(root.commands).toContain('journalctl --update-catalog');
  });
});
