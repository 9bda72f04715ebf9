import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NotedRoot } from '../../../test/fixtures/noted-root.ts';
import { busybox } from './busybox.ts';

let folder = '';
let root: NotedRoot;
const init = busybox.make({});
const started = async () => (await readdir(join(root.path, 'etc/rc.d'))).sort();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-busybox-init-'));
  await mkdir(join(folder, 'root'));
  root = new NotedRoot(join(folder, 'root'), 1_700_000_000, () => undefined);
  for (const name of ['network', 'web', 'dropbear']) await root.write(`/etc/init.d/${name}`, '#!/bin/sh\n', 0o755);
  await root.link('/etc/rc.d/90-dropbear', '../init.d/dropbear');
});
afterEach(() => rm(folder, { recursive: true }));

test('without the program that runs as process 1, nothing could boot', async () => {
  await expect(init.require(root)).rejects.toMatchObject({
    error: { code: 'init.missing', details: [{ pointer: '/init' }] },
  });
  await root.write('/sbin/init', 'a program');
  await init.require(root);
});

test('services start in the order in which they are asked for; those of packages last, or not at all', async () => {
  await init.setServices(root, { enable: ['network', 'web'], disable: [] });
  expect(await started()).toEqual(['20-network', '21-web', '90-dropbear']);
  await init.setServices(root, { enable: ['web', 'network'], disable: ['dropbear'] });
  expect(await started()).toEqual(['20-web', '21-network']);
  expect(root.commands).toEqual([]);
});

test('a service that is not there, or cannot be run, is told', async () => {
  await root.write('/etc/init.d/notes', '#!/bin/sh\n', 0o644);
  await expect(init.setServices(root, { enable: ['netwerk', 'notes'], disable: ['ssh'] })).rejects.toMatchObject({
    error: {
      code: 'services.impossible',
      details: [
        { pointer: '/system/services/enable', value: '"netwerk"', hint: 'Did you mean network?' },
        { pointer: '/system/services/enable', value: '"notes"', hint: 'Give the file the mode "0755".' },
        { pointer: '/system/services/disable', value: '"ssh"', message: 'There is no service ssh.' },
      ],
    },
  });
});

test('the first boot makes what each machine has for itself, before any service', async () => {
  await root.write('/etc/key', 'secret', 0o600);
  await root.write('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
  await root.write('/etc/group', 'root:x:0:\n');
  const file = { path: '/etc/key', owner: undefined, group: undefined, mode: undefined, values: [] };
  const entries = [{ name: 'key', files: [file], make: 'date >key', before: [] }];
  await init.setServices(root, { enable: ['network'], disable: [] });
  await init.prepareFirstBoot(root, { entries, given: [] });
  expect(await root.stat('/etc/key')).toBeUndefined();
  expect(await started()).toEqual(['01-ldf-first-boot-key', '20-network', '90-dropbear']);
  const script = await readFile(join(root.path, 'etc/init.d/ldf-first-boot-key'), 'utf8');
  expect(script).toContain("[ -e '/etc/key' ] || exec /usr/lib/ldf/first-boot key");
});
