import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NotedRoot } from '../../../test/fixtures/noted-root.ts';
import { openrc } from './openrc.ts';

let folder = '';
let root: NotedRoot;
const init = openrc.make({});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-openrc-'));
  await mkdir(join(folder, 'root'));
  root = new NotedRoot(join(folder, 'root'), 1_700_000_000, () => undefined);
});
afterEach(() => rm(folder, { recursive: true }));

test('without OpenRC, or without an init that runs it, nothing could boot', async () => {
  const missing = { error: { code: 'init.missing', details: [{ pointer: '/init' }] } };
  await expect(init.require(root)).rejects.toMatchObject(missing);
  await root.write('/usr/sbin/openrc', 'a program');
  await expect(init.require(root)).rejects.toMatchObject(missing);
  await root.write('/usr/sbin/init', 'a program');
  await init.require(root);
});

test('services are those that have a script', async () => {
  for (const name of ['ssh', 'cron', 'dhcpcd']) await root.write(`/etc/init.d/${name}`, '#!/bin/sh\n', 0o755);
  await init.setServices(root, { enable: ['ssh'], disable: ['cron'] });
  expect(root.commands).toEqual(['rc-update add ssh default', 'rc-update --all delete cron']);

  await expect(
    init.setServices(root, { enable: ['ssh.service', 'dhcpd'], disable: ['a.timer'] }),
  ).rejects.toMatchObject({
    error: {
      code: 'services.unknown',
      details: [
        { pointer: '/system/services/enable', value: '"ssh.service"', hint: 'Write ssh.' },
        { pointer: '/system/services/enable', value: '"dhcpd"', hint: 'Did you mean dhcpcd?' },
        {
          pointer: '/system/services/disable',
          value: '"a.timer"',
          message: expect.stringContaining('unit of systemd'),
        },
      ],
    },
  });
});

test('the first boot makes what each machine has for itself, before any service', async () => {
  await root.write('/etc/machine-id', 'of the machine that built it\n');
  await root.write('/etc/key', 'secret', 0o600);
  await root.write('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
  await root.write('/etc/group', 'root:x:0:\n');
  const file = { path: '/etc/key', owner: undefined, group: undefined, mode: undefined, values: [] };
  await init.prepareFirstBoot(root, {
    entries: [{ name: 'key', files: [file], make: 'date >key', before: ['ssh'] }],
    given: [],
  });
  for (const path of ['/etc/machine-id', '/etc/key']) expect(await root.stat(path)).toBeUndefined();
  expect(root.commands).toEqual([
    'rc-update add ldf-first-boot-machine-id default',
    'rc-update add ldf-first-boot-key default',
  ]);
  const script = await readFile(join(root.path, 'etc/init.d/ldf-first-boot-key'), 'utf8');
  expect(script).toContain('before *');
  expect(script).toContain("[ -e '/etc/key' ] && return 0");
  expect((await root.stat('/usr/lib/ldf/first-boot'))?.mode).toBe(0o100755);
});
