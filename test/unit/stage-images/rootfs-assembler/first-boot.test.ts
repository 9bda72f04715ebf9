import { lstat, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deferSecrets as defer } from '../../../../parts/inits/first-boot.ts';
import { unitStarter } from '../../../../parts/inits/systemd/first-boot-unit.ts';
import type { RootFs } from '../../../../parts/root-fs/root-fs.ts';
import { isKeyLike, isPlain } from '../../../../parts/userlands/debian/key-likeness.ts';
import { entriesOf, type FirstBootParams } from '../../../../parts/userlands/debian/machine-entries.ts';
import { perMachineTable } from '../../../../parts/userlands/debian/per-machine-table.ts';
import {
  asUnpacked,
  findVaryingFiles,
  unknownOf,
  writtenSince,
} from '../../../../parts/userlands/debian/varying-files.ts';
import { PerMachine } from '../../../../src/definition/per-machine.ts';
import { fromDefinition } from '../../../../src/stages/origin.ts';
import { StageFailure } from '../../../../stage-images/contract/failure.ts';
import { NotedRoot } from '../../../fixtures/noted-root.ts';

/** Of tests that start programs: those take a second each on a machine that is busy. */
const slowTimeoutMs = 60_000;

let scratch = '';
let root: NotedRoot;
const log: string[] = [];
const inRoot = (path: string) => join(root.path, path);
const text = (path: string) => readFile(inRoot(path), 'utf8');

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ldf-first-boot-'));
  await mkdir(join(scratch, 'root'));
  log.length = 0;
  root = new NotedRoot(join(scratch, 'root'), 1_700_000_000, (line) => log.push(line));
  await root.write('/etc/passwd', 'root:x:0:0::/root:/bin/sh\nacme:x:105:106::/:/bin/false\n');
  await root.write('/etc/group', 'root:x:0:\nacme:x:106:\n');
});
afterEach(() => rm(scratch, { recursive: true }));

async function failureOf(promise: Promise<unknown>): Promise<StageFailure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StageFailure)) throw new Error(`not a StageFailure: ${String(error)}`);
  return error;
}

const entry = (fields: object, from = fromDefinition('/system/perMachine/0')) => ({
  ...PerMachine.parse({ name: 'acme', make: 'echo x > node.key', files: [{ path: '/etc/acme/node.key' }], ...fields }),
  from,
});
/** Of a file that the definition gives. */
const given = { mode: '0600', from: fromDefinition('/system/files/0') };
const asked = (...perMachine: ReturnType<typeof entry>[]): FirstBootParams => ({ perMachine, files: [] });
const nothing: FirstBootParams = { files: [] };
/** With the entries that the parameters come to, as assemble asks for it. */
const deferSecrets = (into: RootFs, params: FirstBootParams) =>
  defer(into, { entries: entriesOf(params), given: params.files.map(({ path }) => path) }, unitStarter(into));

describe('the table', { timeout: slowTimeoutMs }, () => {
  test.each(perMachineTable.map((one) => [one.name, one] as const))('%s has the form of a definition', (_name, one) => {
    expect(PerMachine.parse(one)).toEqual(one);
  });

  test('has each name and each file once', () => {
    const names = perMachineTable.map(({ name }) => name);
    const paths = perMachineTable.flatMap(({ files }) => files.map(({ path }) => path));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(paths).size).toBe(paths.length);
  });

  test('has shell that sh can read', async () => {
    await execa('sh', ['-n'], { input: perMachineTable.map(({ make }) => make).join('\n') });
  });
});

describe('what machines must not share', () => {
  test('is taken out; a unit makes it before its service, with the owner and mode it had', async () => {
    await root.write('/etc/munge/munge.key', 'secret', 0o400);
    const { uid, gid } = await lstat(inRoot('etc/munge/munge.key'));
    await deferSecrets(root, nothing);
    expect(await root.exists('/etc/munge/munge.key')).toBe(false);
    expect(await text('usr/lib/ldf/first-boot.d/munge/files')).toBe(`0400 ${uid}:${gid} /etc/munge/munge.key\n`);
    const unit = await text('etc/systemd/system/ldf-first-boot-munge.service');
    expect(unit).toContain('ConditionPathExists=!/etc/munge/munge.key\n');
    expect(unit).toContain('RequiresMountsFor="/etc/munge"\n');
    expect(unit).toContain('Before=basic.target munge.service\n');
    expect(root.commands).toEqual(['systemctl enable ldf-first-boot-munge.service']);
  });

  test('only of packages that are there', async () => {
    await deferSecrets(root, nothing);
    expect(root.commands).toEqual([]);
    expect(await root.exists('/usr/lib/ldf')).toBe(false);
  });

  test('each type of host key is an entry of its own, and its public half goes with it', async () => {
    for (const name of ['ssh_host_rsa_key', 'ssh_host_rsa_key.pub', 'ssh_host_ed25519_key'])
      await root.write(`/etc/ssh/${name}`, 'x', 0o600);
    await deferSecrets(root, nothing);
    expect(await root.exists('/etc/ssh/ssh_host_rsa_key.pub')).toBe(false);
    expect(root.commands).toEqual([
      'systemctl enable ldf-first-boot-openssh-rsa.service ldf-first-boot-openssh-ed25519.service',
    ]);
  });

  test('a file that the definition gives is the same on every machine by its will; what belonged to it goes', async () => {
    await root.write('/etc/ssh/ssh_host_rsa_key', 'given', 0o600);
    await root.write('/etc/ssh/ssh_host_rsa_key.pub', 'made by the package');
    const file = { path: '/etc/ssh/ssh_host_rsa_key', content: 'given', ...given };
    await deferSecrets(root, { files: [file] });
    expect(await text('etc/ssh/ssh_host_rsa_key')).toBe('given');
    expect(await root.exists('/etc/ssh/ssh_host_rsa_key.pub')).toBe(false);
    expect(root.commands).toEqual([]);
  });

  test('of a file of which only values differ, the rest stays; ucf forgets its hash', async () => {
    const name = 'iqn.1993-08.org.debian:01:1234567890ab';
    await root.write('/etc/iscsi/initiatorname.iscsi', `## DO NOT EDIT\nInitiatorName=${name}\n`, 0o600);
    await root.write('/var/lib/ucf/hashfile', 'aa /etc/iscsi/initiatorname.iscsi\nbb /etc/other\n');
    await deferSecrets(root, nothing);
    expect(await root.exists('/etc/iscsi/initiatorname.iscsi')).toBe(false);
    const template = await text('usr/lib/ldf/first-boot.d/open-iscsi/templates/initiatorname.iscsi');
    expect(template).toBe('## DO NOT EDIT\nInitiatorName=@NAME@\n');
    expect(await text('var/lib/ucf/hashfile')).toBe('bb /etc/other\n');
  });

  test('a package whose file looks otherwise fails the build, with the way out', async () => {
    await root.write('/etc/iscsi/initiatorname.iscsi', 'name: iqn.x\n', 0o600);
    const { error } = await failureOf(deferSecrets(root, nothing));
    expect(error).toMatchObject({ code: 'first-boot.impossible', hint: expect.stringContaining('named open-iscsi') });
  });
});

describe("a definition's own entry", () => {
  test('is made though no package has the file, for the owner it names', async () => {
    const file = { path: '/etc/acme/node.key', owner: 'acme', group: 'acme', mode: '0640' };
    await deferSecrets(root, asked(entry({ files: [file], before: ['acme'] })));
    expect(await text('usr/lib/ldf/first-boot.d/acme/files')).toBe('0640 105:106 /etc/acme/node.key\n');
    expect(await text('etc/systemd/system/ldf-first-boot-acme.service')).toContain(
      'Before=basic.target acme.service\n',
    );
  });

  test('without owner and mode is for root alone', async () => {
    await deferSecrets(root, asked(entry({})));
    expect(await text('usr/lib/ldf/first-boot.d/acme/files')).toBe('0600 0:0 /etc/acme/node.key\n');
  });

  test('takes the place of a known one that makes the same file', async () => {
    await root.write('/etc/munge/munge.key', 'secret', 0o400);
    await deferSecrets(
      root,
      asked(entry({ name: 'cluster', files: [{ path: '/etc/munge/munge.key' }], make: 'true' })),
    );
    expect(root.commands).toEqual(['systemctl enable ldf-first-boot-cluster.service']);
  });

  test.each([
    [{ files: [{ path: '/etc/acme/node.key', owner: 'nobody-there' }] }, 'owner nobody-there'],
    [{ files: [{ path: '/etc/acme', values: [] }] }, '/etc/acme is no regular file'],
    [{ files: [{ path: '/etc/x', values: [{ pattern: 'a(b)', placeholder: '@A@' }] }] }, 'has no values'],
  ])('that does not fit is refused with its place', async (fields, message) => {
    await mkdir(inRoot('etc/acme'));
    const { error } = await failureOf(deferSecrets(root, asked(entry(fields))));
    expect(error.message).toContain(message);
    expect(error.details).toMatchObject([{ pointer: '/system/perMachine/0/files/0' }]);
  });
});

describe('the program of the first boot', { timeout: slowTimeoutMs }, () => {
  /** Runs what `deferSecrets` left in the root, with its paths below the root. */
  async function boot(name: string) {
    const here = (one: string) =>
      one.replaceAll('/usr/lib/ldf', inRoot('usr/lib/ldf')).replaceAll('/run/', `${scratch}/`);
    await writeFile(join(scratch, 'program'), here(await text('usr/lib/ldf/first-boot')));
    const list = inRoot(`usr/lib/ldf/first-boot.d/${name}/files`);
    const owner = `${process.getuid?.()}:${process.getgid?.()}`;
    const lines = (await readFile(list, 'utf8')).replaceAll('0:0 /', `${owner} ${root.path}/`);
    await writeFile(list, lines);
    return execa('sh', [join(scratch, 'program'), name], { reject: false });
  }

  const pair = { files: [{ path: '/etc/acme/a b.key' }, { path: '/etc/acme/a.pub', mode: '0644' }] };

  test('puts the files in place with their modes, and leaves nothing else', async () => {
    await deferSecrets(
      root,
      asked(entry({ ...pair, make: "echo secret > 'a b.key'\necho public > a.pub\necho x > more" })),
    );
    expect(await boot('acme')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await text('etc/acme/a b.key')).toBe('secret\n');
    expect((await lstat(inRoot('etc/acme/a b.key'))).mode & 0o7777).toBe(0o600);
    expect((await lstat(inRoot('etc/acme/a.pub'))).mode & 0o7777).toBe(0o644);
    expect((await execa('ls', [inRoot('etc/acme')])).stdout).toBe('a b.key\na.pub');
    expect((await execa('ls', [scratch])).stdout).toBe('program\nroot');
  });

  test.each([
    ['makes only one of them', "echo secret > 'a b.key'", 'has not made a.pub'],
    ['fails half-way', "echo secret > 'a b.key'\nfalse\necho public > a.pub", ''],
  ])('a script that %s puts none in place', async (_what, make, message) => {
    await deferSecrets(root, asked(entry({ ...pair, make })));
    const { exitCode, stderr } = await boot('acme');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(message);
    expect(await root.exists('/etc/acme/a b.key')).toBe(false);
  });

  test('fills values into the file that the package made', async () => {
    await root.write('/etc/acme.conf', 'id = 1234\nname = x\n');
    const { uid, gid } = await lstat(inRoot('etc/acme.conf'));
    const file = { path: '/etc/acme.conf', values: [{ pattern: '^id = (.*)$', placeholder: '@ID@' }] };
    await deferSecrets(root, asked(entry({ files: [file], make: 'sed -i s/@ID@/5678/ acme.conf' })));
    const list = inRoot('usr/lib/ldf/first-boot.d/acme/files');
    await writeFile(list, (await readFile(list, 'utf8')).replace(`${uid}:${gid} /`, '0:0 /'));
    expect(await boot('acme')).toMatchObject({ exitCode: 0 });
    expect(await text('etc/acme.conf')).toBe('id = 5678\nname = x\n');
  });
});

describe('files that vary', { timeout: slowTimeoutMs }, () => {
  const since = 1_600_000_000;
  /** A tree after configuration: what a package brought is old, what its script wrote is new. */
  async function configured(path: string, content: string, mode: number) {
    await root.write('/usr/share/acme/data', 'packaged');
    await utimes(inRoot('usr/share/acme/data'), since - 1000, since - 1000);
    await root.write('/etc/hostname', 'gw\n');
    await root.write('/var/lib/dpkg/info/acme.postinst', `#!/bin/sh\nmake > ${path}\n`);
    await root.write(
      '/var/lib/dpkg/status',
      'Package: acme\nStatus: install ok installed\n\nPackage: bb\nStatus: install ok installed\n',
    );
    await root.write(path, content, mode);
  }
  const find = (params: Parameters<typeof findVaryingFiles>[1], again: (second: RootFs) => Promise<void>) => {
    const seen: string[][] = [];
    const configure = async (second: RootFs, packages: readonly string[]) => {
      seen.push([...packages]);
      await again(second);
    };
    const found = writtenSince(root, since).then((written) =>
      findVaryingFiles(root, params, written, { work: scratch, configure }),
    );
    return { seen, found };
  };
  const key = 'Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3A';

  test('the package that made it is configured again in a copy, and a key fails the build by name', async () => {
    await configured('/etc/acme/acme.conf', `secret=${key}\n`, 0o644);
    const { seen, found } = find(nothing, (second) =>
      second.write('/etc/acme/acme.conf', 'secret=q83vEjRWeJCrze8SNFZ4kA\n'),
    );
    const { error } = await failureOf(found);
    expect(seen).toEqual([['acme']]);
    expect(error).toMatchObject({
      code: 'packages.shared-secret',
      message: expect.stringContaining('/etc/acme/acme.conf is made when acme is installed'),
      hint: expect.stringMatching(/\/system\/perMachine.*\/system\/sharedFiles/),
      details: [{ value: '"/etc/acme/acme.conf"' }],
    });
    expect(await text('etc/acme/acme.conf')).toContain(key);
  });

  test.each(['/var/cache/ldconfig/aux-cache', '/var/lib/dbus/machine-id'])(
    'nothing is configured a second time for %s, which every set of packages makes and no image keeps',
    async (path) => {
      await configured(path, key, 0o644);
      const { seen, found } = find(nothing, async () => undefined);
      expect([await found, seen]).toEqual([[], []]);
    },
  );

  test('a date is reported and stays', async () => {
    await configured('/var/lib/acme/stamp', 'made on 2026-11-28 20:15:01\n', 0o644);
    const { found } = find(nothing, (second) => second.write('/var/lib/acme/stamp', 'made on 2026-11-28 20:15:09\n'));
    expect(await found).toEqual([{ path: '/var/lib/acme/stamp', package: 'acme', why: 'differs' }]);
    expect(log).toContain('/var/lib/acme/stamp (acme): not the same each time');
  });

  test('the same bytes again are no cause for concern', async () => {
    await configured('/etc/acme/acme.key', key, 0o600);
    expect(await find(nothing, (second) => second.write('/etc/acme/acme.key', key)).found).toEqual([]);
  });

  test('what a script does not make twice, or cannot, is judged by itself', async () => {
    await configured('/etc/acme/acme.key', `-----BEGIN PRIVATE KEY-----\n${key}\n`, 0o600);
    const broken = () => Promise.reject(new StageFailure({ code: 'packages.install-failed', message: 'no' }));
    expect((await failureOf(find(nothing, broken).found)).error.code).toBe('packages.shared-secret');
    await root.write('/etc/acme/acme.key', 'colour = blue\n', 0o600);
    expect(await find(nothing, broken).found).toMatchObject([{ why: 'unproven' }]);
  });

  test('nothing is done twice where all is known: made at first boot, given, shared, deterministic, a database', async () => {
    await configured('/etc/munge/munge.key', key, 0o400);
    for (const path of ['/etc/acme/node.key', '/etc/given', '/srv/shared/id', '/etc/ld.so.cache'])
      await root.write(path, key);
    await root.write('/var/lib/postgresql/17/main/global/pg_control', key, 0o600);
    const file = { path: '/etc/given', content: key, ...given };
    const params = { ...asked(entry({})), files: [file], sharedFiles: ['/srv/shared'] };
    const { seen, found } = find(params, async () => undefined);
    expect(await found).toEqual([{ path: '/var/lib/postgresql', package: null, why: 'differs' }]);
    expect(seen).toEqual([]);
  });

  test('only whole names and folders are shared', () => {
    const written = [{ path: '/srv/shared2', mode: 0o600 }];
    expect(unknownOf(written, { ...nothing, sharedFiles: ['/srv/shared'] })).toEqual(written);
  });

  test('packages are set back to unpacked, others stay', () => {
    const status = (state: string) =>
      `Package: acme\nStatus: install ok ${state}\nVersion: 1\n\nPackage: acme-doc\nStatus: install ok installed\n`;
    expect(asUnpacked(status('installed'), ['acme'])).toBe(status('unpacked'));
  });
});

describe('what looks like a key', () => {
  const random = (seed: number) =>
    Buffer.from(Array.from({ length: 128 }, (_, at) => (at * 151 + seed * at * at + seed) % 256));
  const list = (seed: number) =>
    `[keys]\npub_mod=${[...random(seed)].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`)}\n`;
  test.each([
    [
      'an identity in a configuration file',
      '/etc/acme.conf',
      0o644,
      'ID="d77b1abd83fa47d5a230190c24a1a693"',
      'ID="3d0fe1b29cc44be7a1f50ea4bb0cfa11"',
      true,
    ],
    [
      'a UUID',
      '/etc/acme/hostid',
      0o644,
      'c7f4e3a2-1b5d-4e8f-9a6c-0d2b3f4e5a6b',
      '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d',
      true,
    ],
    ['a cookie', '/var/lib/acme/.erlang.cookie', 0o600, 'q83vEjRWeJCrze8SNFZ4kA==', 'AZ0kPq7xR2mT9vBcLw3yHg==', true],
    ['binary', '/etc/acme/munge.key', 0o400, random(3), random(7), true],
    [
      'a short identity',
      '/etc/iscsi/name',
      0o600,
      'Name=iqn.1993-08.org.debian:01:5f3a91c07be2',
      'Name=iqn.1993-08.org.debian:01:c81d40e6a97',
      true,
    ],
    ['a list of numbers', '/etc/xrdp/rsakeys.ini', 0o600, list(3), list(7), true],
    [
      'a time of day in a private file',
      '/etc/acme/stamp',
      0o600,
      'at 2026-11-28T20:15:01Z',
      'at 2026-11-28T20:15:09Z',
      false,
    ],
    ['a number', '/etc/cron.d/acme', 0o644, '17 3 * * * root x', '51 9 * * * root x', false],
    ['a date', '/etc/acme/stamp', 0o600, '20261128T201501', '20261128T201509', false],
    [
      'a hash in a cache that everybody may read',
      '/var/lib/acme/index',
      0o644,
      'd77b1abd83fa47d5a230190c24a1a693',
      '3d0fe1b29cc44be7a1f50ea4bb0cfa11',
      false,
    ],
    [
      'a database with a date in it',
      '/var/lib/acme/db',
      0o600,
      Buffer.alloc(4096, 1),
      Buffer.concat([Buffer.alloc(4090, 1), Buffer.alloc(6, 2)]),
      false,
    ],
  ])('%s', (_what, path, mode, one, other, expected) => {
    expect(isKeyLike({ path, mode, content: Buffer.from(one) }, Buffer.from(other))).toBe(expected);
  });

  test('a plain text is passed over: without long words, years and times, and for everybody to read', () => {
    const plain = (path: string, mode: number, text: string) => isPlain({ path, mode, content: Buffer.from(text) });
    expect(plain('/etc/papersize', 0o644, 'a4\n')).toBe(true);
    expect(plain('/etc/acme.conf', 0o644, 'modules = utf8 sha256 x86_64\n')).toBe(true);
    expect(plain('/etc/acme.conf', 0o640, 'password = abc\n')).toBe(false);
    expect(plain('/etc/acme.key', 0o644, 'abc\n')).toBe(false);
    expect(plain('/etc/acme.conf', 0o644, 'id = 5f3a91c07be2\n')).toBe(false);
    expect(plain('/etc/acme.conf', 0o644, '# made Nov 28 2026\n')).toBe(false);
    expect(plain('/etc/acme.conf', 0o644, 'a\0b')).toBe(false);
  });

  test('alone: by a private mode, a name and a content that agree', () => {
    expect(isKeyLike({ path: '/etc/acme/acme.key', mode: 0o600, content: random(3) }, undefined)).toBe(true);
    expect(isKeyLike({ path: '/etc/acme/acme.key', mode: 0o644, content: random(3) }, undefined)).toBe(false);
    expect(isKeyLike({ path: '/etc/acme/colours', mode: 0o600, content: random(3) }, undefined)).toBe(false);
  });
});
