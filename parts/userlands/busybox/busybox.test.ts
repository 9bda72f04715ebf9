import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NotedRoot } from '../../../test/fixtures/noted-root.ts';
import { accounts, writeAccounts } from './accounts.ts';
import { appletsOf } from './applets.ts';
import { busybox } from './busybox.ts';
import { firstBootEntries, packageOf, writeServices } from './known-packages.ts';

// Whoever runs the tests may not be root.
vi.mock('node:fs/promises', async (original) => ({ ...(await original<object>()), chown: async () => undefined }));
vi.mock('../../../stage-images/contract/tool.ts', () => ({ runTool: async () => 0 }));

let folder = '';
let root: NotedRoot;
const text = (path: string) => readFile(join(root.path, path), 'utf8');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-busybox-'));
  await mkdir(join(folder, 'root'));
  root = new NotedRoot(join(folder, 'root'), 86_400 * 20_000, () => undefined);
});
afterEach(() => rm(folder, { recursive: true }));

test('takes no parameters', () => {
  expect(() => busybox.make({ size: 'small' })).toThrow(/size/);
});

describe('applets', () => {
  const program = (names: readonly string[]) =>
    Buffer.concat([Buffer.from('\x7fELF...\0'), Buffer.from(`${names.join('\0')}\0\0`), Buffer.from('/var/log\0')]);

  test('are those that the program lists, without package managers', () => {
    expect(appletsOf(program(['[', '[[', 'ash', 'busybox', 'dpkg', 'init', 'mount', 'rpm', 'sh', 'zcat']))).toEqual([
      ...['[', '[[', 'ash', 'init', 'mount', 'sh', 'zcat'],
    ]);
  });

  test('have to be found', () => {
    expect(() => appletsOf(Buffer.from('\x7fELF'))).toThrow(/no list of its applets/);
    expect(() => appletsOf(program(['[', '[[', 'ls']))).toThrow(/no list of its applets/);
    expect(() => appletsOf(program(['[', '[[', 'sh', 'mount', 'init']))).toThrow(/no list of its applets/);
  });
});

test('accounts are lines of three files, with the day of the sources', async () => {
  await writeAccounts(root);
  const user = { passwordHash: null, sshKeys: [], shell: '/bin/sh' };
  await accounts.add(root, { ...user, name: 'ops', groups: ['adm', 'video'] }, { id: 1000, ownGroup: true });
  await accounts.add(root, { ...user, name: 'operator', groups: [] }, { id: 1001, ownGroup: false });
  await accounts.changeRoot(root, { ...user, name: 'root', shell: '/bin/ash', groups: ['adm'] });
  await accounts.setPasswords(root, new Map([['ops', '$6$x$y']]));
  expect((await text('etc/passwd')).split('\n')).toEqual(
    expect.arrayContaining([
      'root:x:0:0:root:/root:/bin/ash',
      'ops:x:1000:1000::/home/ops:/bin/sh',
      'operator:x:1001:100::/home/operator:/bin/sh',
    ]),
  );
  expect((await text('etc/group')).split('\n')).toEqual(
    expect.arrayContaining(['adm:x:4:ops,root', 'video:x:44:ops', 'ops:x:1000:', 'operator:x:37:']),
  );
  expect((await text('etc/shadow')).split('\n')).toEqual(
    expect.arrayContaining([
      'root:*:20000:0:99999:7:::',
      'ops:$6$x$y:20000:0:99999:7:::',
      'operator:*:20000:0:99999:7:::',
    ]),
  );
  expect((await root.stat('/etc/shadow'))?.mode).toBe(0o100640);
  expect((await root.stat('/home/ops'))?.mode).toBe(0o40700);
  expect(root.commands).toEqual([]);
});

describe('a package that it knows', () => {
  const packages = [{ name: 'dropbear-bin' }].map((one) => ({
    ...one,
    ...{ arch: 'amd64', version: '1', sha256: 'ab'.repeat(32), filename: 'x.deb', sizeBytes: 1 },
  }));

  test('is asked of the archive by the package that has its programs', () => {
    expect(packageOf('dropbear')).toBe('dropbear-bin');
    expect(packageOf('dropbear=2025.89-1')).toBe('dropbear-bin=2025.89-1');
    expect(packageOf('dropbear/trixie-backports')).toBe('dropbear-bin/trixie-backports');
    expect(packageOf('dropbear-')).toBe('dropbear-bin-');
    expect(packageOf('busybox-static')).toBe('busybox-static');
  });

  test('has its service, and its keys made at first boot', async () => {
    await writeServices(root, packages);
    expect(await text('etc/init.d/dropbear')).toContain('dropbear -P');
    expect(await root.exists('/etc/rc.d/90-dropbear')).toBe(true);
    const names = (entries: ReturnType<typeof firstBootEntries>) => entries.map(({ name }) => name);
    expect(names(firstBootEntries({ packages }))).toEqual(['dropbear-ecdsa', 'dropbear-ed25519']);
    expect(firstBootEntries({ packages: [] })).toEqual([]);
  });
});
