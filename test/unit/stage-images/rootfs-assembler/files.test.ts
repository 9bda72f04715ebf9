import { chown, lstat, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RootFs } from '../../../../parts/root-fs/root-fs.ts';
import { removeSetAside } from '../../../../parts/userlands/debian/set-aside.ts';
import { takeEffect } from '../../../../parts/userlands/debian/take-effect.ts';
import { fromDefinition, type Origin } from '../../../../src/stages/origin.ts';
import { StageFailure } from '../../../../stage-images/contract/failure.ts';
import { earlyFiles, finishFiles } from '../../../../stage-images/rootfs-assembler/files.ts';

let scratch = '';
let root: RootFs;
let ran: string[][];

/** A root whose programs are only written down. */
class RecordingRoot extends RootFs {
  override async run(tool: string, args: readonly string[]): Promise<number> {
    ran.push([tool, ...args]);
    return 0;
  }
}

beforeEach(async () => {
  ran = [];
  scratch = await mkdtemp(join(tmpdir(), 'ldf-files-'));
  root = new RecordingRoot(scratch, 1_700_000_000, () => undefined);
});
afterEach(() => rm(scratch, { recursive: true }));

const file = (path: string, more: { mode?: string; owner?: string; from?: Origin } = {}) => ({
  ...{ path, content: 'x\n', mode: '0644', from: fromDefinition('/system/files/0') },
  ...more,
});
const modeOf = async (path: string) => {
  const { mode, uid, gid } = await lstat(join(scratch, path));
  return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
};

// Giving files away takes root, which the stage has.
const isRoot = process.getuid?.() === 0;

describe.runIf(isRoot)('owners', () => {
  beforeEach(async () => {
    const accounts = ['root:x:0:0::/root:', 'www-data:x:33:33::/var/www:', 'tester:x:1000:1001::/home/tester:'];
    await root.write('/etc/passwd', `${accounts.join('\n')}\nnobody:x:65534:65534::/nonexistent:\n`);
    await root.write('/etc/group', 'root:x:0:\nadm:x:4:\nwww-data:x:33:\ntester:x:1001:\n');
    for (const folder of ['/root', '/var/www', '/home/tester']) await root.makeFolder(folder, 0o700);
    await chown(join(scratch, 'home/tester'), 1000, 1001);
  });

  test('what lies in a home directory belongs to its user, with the folders made for it', async () => {
    const files = [
      file('/home/tester/.config/lab/settings.ini', { mode: '0600' }),
      file('/home/tester/.ssh/config'),
      file('/var/www/html/index.html'),
      file('/root/.ssh/config'),
    ];
    await root.write('/var/www/html/index.html', 'x\n');
    await root.write('/root/.ssh/config', 'x\n');
    await finishFiles(root, files);
    expect(await modeOf('home/tester')).toBe('700 1000:1001');
    expect(await modeOf('home/tester/.config')).toBe('755 1000:1001');
    expect(await modeOf('home/tester/.config/lab')).toBe('755 1000:1001');
    expect(await modeOf('home/tester/.config/lab/settings.ini')).toBe('600 1000:1001');
    expect(await modeOf('home/tester/.ssh')).toBe('700 1000:1001');
    expect(await modeOf('root/.ssh')).toBe('700 0:0');
    expect(await modeOf('var/www/html/index.html')).toBe('644 0:0');
  });

  test('a home directory behind a link, and one that is another than its name says', async () => {
    await mkdir(join(scratch, 'srv/people'), { recursive: true });
    await rm(join(scratch, 'home'), { recursive: true });
    await root.link('/home', '/srv/people');
    await root.makeFolder('/home/tester', 0o700);
    await finishFiles(root, [file('/home/tester/a/b')]);
    expect(await modeOf('srv/people/tester/a/b')).toBe('644 1000:1001');
    expect(await modeOf('srv/people/tester/a')).toBe('755 1000:1001');
  });

  test('an owner that is named has the file, and it keeps its set-user-ID bit', async () => {
    const files = [
      file('/srv/a/page', { owner: 'www-data' }),
      file('/srv/a/log', { owner: 'www-data:adm', mode: '4750' }),
      file('/home/tester/rules', { owner: 'root:root' }),
    ];
    for (const { path } of files.slice(0, 2)) await root.write(path, 'x\n');
    await finishFiles(root, files);
    expect(await modeOf('srv/a')).toBe('755 0:0');
    expect(await modeOf('srv/a/page')).toBe('644 33:33');
    expect(await modeOf('srv/a/log')).toBe('4750 33:4');
    expect(await modeOf('home/tester/rules')).toBe('644 0:0');
  });

  test('an owner that the image does not have is refused, with its place and what is near', async () => {
    const files = [
      file('/srv/a', { owner: 'www-dat' }),
      file('/srv/b', { owner: 'www-data:admn', from: fromDefinition('/system/files/1') }),
    ];
    for (const { path } of files) await root.write(path, 'x\n');
    const error = await finishFiles(root, files).catch((reason: unknown) => reason);
    expect(error instanceof StageFailure && error.error).toMatchObject({
      code: 'files.impossible',
      details: [
        { pointer: '/system/files/0/owner', value: '"www-dat"', hint: 'Did you mean www-data?' },
        { pointer: '/system/files/1/owner', message: expect.stringContaining('the image has no group admn') },
      ],
    });
  });
});

test('files are in place before packages are configured, but for those that would get in the way', () => {
  const early = ['/etc/postfix/main.cf', '/usr/local/share/ca-certificates/lab.crt', '/etc/skel/.bashrc'];
  const late = ['/home/a/b', '/etc/passwd', '/etc/hosts', '/usr/sbin/policy-rc.d', '/usr/local/bin/tool', '/bin/x'];
  expect(earlyFiles([...early, ...late].map((path) => file(path))).map(({ path }) => path)).toEqual(early);
});

test("packages' versions of a file that were set aside are removed", async () => {
  for (const path of ['/etc/a.conf', '/etc/a.conf.dpkg-dist', '/etc/a.conf.ucf-dist', '/etc/b.conf.dpkg-dist'])
    await root.write(path, 'x');
  await removeSetAside(root, ['/etc/a.conf']);
  expect(await root.exists('/etc/a.conf')).toBe(true);
  expect(await root.exists('/etc/a.conf.dpkg-dist')).toBe(false);
  expect(await root.exists('/etc/a.conf.ucf-dist')).toBe(false);
  expect(await root.exists('/etc/b.conf.dpkg-dist')).toBe(true);
});

describe('what files bring about', () => {
  const programs = (...paths: string[]) => Promise.all(paths.map((path) => root.write(path, '', 0o755)));

  test('a certificate is made trusted, hardware data compiled, accounts made; each once, accounts first', async () => {
    await programs('/usr/sbin/update-ca-certificates', '/usr/bin/systemd-hwdb', '/usr/bin/systemd-sysusers');
    const paths = [
      '/usr/local/share/ca-certificates/lab.crt',
      '/usr/local/share/ca-certificates/other.crt',
      '/etc/udev/hwdb.d/90-lab.hwdb',
      '/etc/sysusers.d/app.conf',
    ];
    await root.write('/etc/udev/hwdb.bin', 'old');
    await takeEffect(root, paths);
    // systemd-hwdb could not replace it.
    expect(await root.exists('/etc/udev/hwdb.bin')).toBe(false);
    expect(ran).toEqual([['systemd-sysusers'], ['systemd-hwdb', 'update'], ['update-ca-certificates']].map(fullPath));
  });

  test('what the image has no program for is left alone, and so is what nobody watches', async () => {
    await programs('/usr/bin/fc-cache');
    await takeEffect(root, ['/usr/local/share/ca-certificates/lab.crt', '/etc/motd', '/etc/udev/rules.d/x.rules']);
    expect(ran).toEqual([]);
  });

  test('triggers that packages have on a path are activated, under whichever name they know it', async () => {
    const triggers = ['/usr/share/fonts fontconfig/noawait', '/usr/lib/udev/hwdb.d udev', '/usr/share/fo nothing'];
    await root.write('/var/lib/dpkg/triggers/File', `${triggers.join('\n')}\n`);
    await root.makeFolder('/usr/lib/udev/hwdb.d');
    await root.link('/lib', 'usr/lib');
    await takeEffect(root, ['/usr/share/fonts/lab.ttf', '/lib/udev/hwdb.d/1.hwdb']);
    expect(ran.slice(0, 2)).toEqual([
      ['dpkg-trigger', '--no-await', '/usr/share/fonts'],
      ['dpkg-trigger', '--no-await', '/usr/lib/udev/hwdb.d'],
    ]);
    expect(ran[2]).toEqual(expect.arrayContaining(['dpkg', '--triggers-only', '--pending', '--force-confold']));
    expect(ran).toHaveLength(3);
  });
});

function fullPath([tool = '', ...args]: string[]): string[] {
  return [tool === 'update-ca-certificates' ? `/usr/sbin/${tool}` : `/usr/bin/${tool}`, ...args];
}
