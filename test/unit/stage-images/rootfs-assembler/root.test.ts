import { existsSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RootFs, RootPathError } from '../../../../parts/root-fs/root-fs.ts';
import { accounts } from '../../../../parts/userlands/debian/accounts.ts';
import { clean } from '../../../../parts/userlands/debian/clean.ts';
import { originEnvironment } from '../../../../parts/userlands/debian/stand-in-proc.ts';
import { policyProgram, policyText } from '../../../../parts/userlands/debian/unpack.ts';
import { fromComponent, fromDefinition } from '../../../../src/stages/origin.ts';
import { StageFailure } from '../../../../stage-images/contract/failure.ts';
import { sha256File } from '../../../../stage-images/contract/hash.ts';
import { writeFiles } from '../../../../stage-images/rootfs-assembler/files.ts';
import { packRootfs } from '../../../../stage-images/rootfs-assembler/pack.ts';
import { addUsers } from '../../../../stage-images/rootfs-assembler/users.ts';

let scratch = '';
let root: RootFs;
const inRoot = (path: string) => join(scratch, 'root', path);

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ldf-root-'));
  await mkdir(join(scratch, 'root/usr/bin'), { recursive: true });
  await symlink('usr/bin', inRoot('bin'));
  root = new RootFs(join(scratch, 'root'), 1_700_000_000, () => undefined);
});
afterEach(() => rm(scratch, { recursive: true }));

const text = (path: string) => readFile(inRoot(path), 'utf8');

async function failureOf(promise: Promise<unknown>): Promise<StageFailure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StageFailure)) throw new Error(`not a StageFailure: ${String(error)}`);
  return error;
}

describe('writing into the root', () => {
  test('makes folders with 0755 and gives the mode asked for, whatever the umask', async () => {
    const before = process.umask(0o077);
    await root.write('/opt/a/b', 'x', 0o664);
    process.umask(before);
    expect((await lstat(inRoot('opt/a'))).mode & 0o7777).toBe(0o755);
    expect((await lstat(inRoot('opt/a/b'))).mode & 0o7777).toBe(0o664);
  });

  test('goes through links in the middle of a path', async () => {
    await root.write('/bin/tool', 'x');
    expect(await text('usr/bin/tool')).toBe('x');
  });

  test('an absolute link is one of the root, not of this machine', async () => {
    await mkdir(join(scratch, 'outside'));
    await symlink(join(scratch, 'outside'), inRoot('var'));
    await root.write('/var/file', 'x');
    expect(await readdir(join(scratch, 'outside'))).toEqual([]);
    expect(await readFile(join(scratch, 'root', scratch, 'outside/file'), 'utf8')).toBe('x');
  });

  test('a link that climbs stops at the root', async () => {
    await symlink('../../../../../../outside', inRoot('srv'));
    await root.write('/srv/file', 'x');
    expect(await text('outside/file')).toBe('x');
    expect(existsSync(join(scratch, 'outside'))).toBe(false);
  });

  test('a link that is the file itself is replaced, and what it leads to stays', async () => {
    await writeFile(inRoot('usr/zone'), 'zone');
    await symlink('usr/zone', inRoot('localtime'));
    await root.write('/localtime', 'mine');
    expect(await text('usr/zone')).toBe('zone');
    expect((await lstat(inRoot('localtime'))).isFile()).toBe(true);
  });

  test('links in circles, a folder in the way, and a file as a folder are errors', async () => {
    await symlink('loop', inRoot('loop'));
    await writeFile(inRoot('file'), '');
    await expect(root.write('/loop/x', '')).rejects.toThrow(RootPathError);
    await expect(root.write('/usr', '')).rejects.toThrow('/usr is a folder');
    await expect(root.write('/file/x', '')).rejects.toThrow('/file is not a folder');
  });

  test('a link is put in place of what stood there', async () => {
    await root.write('/etc/localtime', 'copy');
    await root.link('/etc/localtime', '../usr/share/zoneinfo/UTC');
    expect(await readlink(inRoot('etc/localtime'))).toBe('../usr/share/zoneinfo/UTC');
  });

  test('exists follows links inside the root', async () => {
    await symlink('/usr/bin/none', inRoot('usr/bin/dangling'));
    await symlink('/etc/passwd', inRoot('usr/bin/elsewhere'));
    await symlink('/usr/bin', inRoot('usr/bin/here'));
    expect(await root.exists('/usr/bin/dangling')).toBe(false);
    expect(await root.exists('/usr/bin/elsewhere')).toBe(false);
    expect(await root.exists('/usr/bin/here')).toBe(true);
  });
});

describe('files of the definition', () => {
  const file = (path: string, from = fromDefinition('/system/files/0')) => ({
    path,
    content: 'hello\n',
    mode: '0600',
    from,
  });

  test('are written with their mode', async () => {
    await writeFiles(root, [file('/etc/motd')]);
    expect(await text('etc/motd')).toBe('hello\n');
    expect((await lstat(inRoot('etc/motd'))).mode & 0o7777).toBe(0o600);
  });

  test('what cannot be is told for all of them, with its place', async () => {
    await symlink('/run', inRoot('varrun'));
    const files = [
      file('/usr'),
      file('/varrun/x', fromDefinition('/system/files/1')),
      file('/proc/x', fromComponent('init/systemd')),
    ];
    const { error } = await failureOf(writeFiles(root, files));
    expect(error.code).toBe('files.impossible');
    expect(error.details).toMatchObject([
      { pointer: '/system/files/0/path', message: '/usr cannot be written: /usr is a folder.' },
      { pointer: '/system/files/1/path', message: expect.stringContaining('/run is empty when the system has booted') },
      { pointer: '', message: expect.stringContaining('(of init/systemd)') },
    ]);
  });
});

test('users that cannot be made are refused before any is, each with its place', async () => {
  await root.write('/etc/passwd', 'root:x:0:0::/root:/bin/bash\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\n');
  await root.write('/etc/group', 'root:x:0:\nsudo:x:27:\nnetdev:x:101:\n');
  await root.write('/bin/bash', '');
  const user = { name: 'ops', passwordHash: null, sshKeys: [], groups: ['sudo'], shell: '/bin/bash' };
  const users = [user, { ...user, name: 'www-data', groups: ['sudo', 'netdv'], shell: '/bin/zsh' }];
  const { error } = await failureOf(addUsers(root, users, accounts));
  expect(error.code).toBe('users.impossible');
  expect(error.details).toMatchObject([
    { pointer: '/system/users/1/name', value: '"www-data"' },
    { pointer: '/system/users/1/groups/1', value: '"netdv"', hint: 'Did you mean netdev?' },
    { pointer: '/system/users/1/shell', value: '"/bin/zsh"' },
  ]);
  expect(await text('etc/passwd')).not.toContain('ops');
});

test('a Java to run without /proc is told where it stands', async () => {
  expect(await originEnvironment(root)).toEqual({});
  await mkdir(inRoot('usr/lib/jvm/java-21-openjdk-amd64/bin'), { recursive: true });
  await root.link('/usr/lib/jvm/default-java', 'java-21-openjdk-amd64');
  await root.write('/usr/lib/jvm/java-21-openjdk-amd64/bin/java', '', 0o755);
  expect(await originEnvironment(root)).toEqual({ LD_ORIGIN_PATH: '/usr/lib/jvm/default-java/bin' });
});

describe('cleaning up', () => {
  test('takes out traces of the making and leaves the rest', async () => {
    const gone = [
      '/etc/passwd-',
      '/var/lib/dpkg/status-old',
      '/var/log/dpkg.log',
      '/run/lock/x',
      '/tmp/x',
      '/proc/mounts',
    ];
    const kept = ['/etc/passwd', '/var/lib/dpkg/status', '/var/log/wtmp', '/var/cache/debconf/config.dat'];
    for (const path of [...gone, ...kept]) await root.write(path, 'x');
    await root.write(policyProgram, policyText, 0o755);
    await clean(root);
    for (const path of [...gone, policyProgram]) expect([path, await root.exists(path)]).toEqual([path, false]);
    for (const path of kept) expect([path, await root.exists(path)]).toEqual([path, true]);
    expect(await root.exists('/run')).toBe(true);
  });

  test("a package's own policy stays", async () => {
    await root.write(policyProgram, '#!/bin/sh\nexit 0\n', 0o755);
    await clean(root);
    expect(await root.exists(policyProgram)).toBe(true);
  });

  test('a folder that is a link is not emptied through it', async () => {
    await mkdir(join(scratch, 'outside'));
    await writeFile(join(scratch, 'outside/x'), '');
    await symlink(join(scratch, 'outside'), inRoot('tmp'));
    await clean(root);
    expect(await readdir(join(scratch, 'outside'))).toEqual(['x']);
  });
});

describe('the tar', () => {
  const pack = async (name: string) => {
    const tar = join(scratch, name);
    const sum = await packRootfs(root, tar, () => undefined);
    return { sum, sha256: await sha256File(tar) };
  };

  test('is the same for the same tree, whatever the times of folders and of new files', async () => {
    await root.write('/etc/hostname', 'gw\n');
    await root.write('/usr/share/old', 'old');
    await utimes(inRoot('usr/share/old'), 1_600_000_000, 1_600_000_000);
    const first = await pack('a.tar');
    await utimes(inRoot('etc'), 1_500_000_000, 1_500_000_000);
    await utimes(inRoot('etc/hostname'), 1_900_000_000, 1_900_000_000);
    expect(await pack('b.tar')).toEqual(first);
    expect(first.sum).toEqual({ contentBytes: 6, files: 3 });
  });

  test('tells a change of content, of mode and of the date of a packaged file', async () => {
    await root.write('/usr/share/old', 'old');
    await utimes(inRoot('usr/share/old'), 1_600_000_000, 1_600_000_000);
    const { sha256 } = await pack('a.tar');
    await utimes(inRoot('usr/share/old'), 1_600_000_001, 1_600_000_001);
    const dated = await pack('b.tar');
    await chmod(inRoot('usr/share/old'), 0o755);
    const moded = await pack('c.tar');
    expect(new Set([sha256, dated.sha256, moded.sha256]).size).toBe(3);
  });
});
