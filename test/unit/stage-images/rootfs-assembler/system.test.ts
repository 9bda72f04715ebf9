import { mkdtemp, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseControl } from '../../../../parts/deb822.ts';
import { parseDatabase } from '../../../../parts/root-fs/accounts.ts';
import { RootFs } from '../../../../parts/root-fs/root-fs.ts';
import { Steps } from '../../../../parts/steps.ts';
import { baseSet, relations } from '../../../../parts/userlands/debian/base-set.ts';
import { configurePackages, localeEnvironment } from '../../../../parts/userlands/debian/configure.ts';
import type { Deb } from '../../../../parts/userlands/debian/debs.ts';
import { parseFailures, parseStart } from '../../../../parts/userlands/debian/dpkg.ts';
import { unbuilt } from '../../../../parts/userlands/debian/kernel-modules.ts';
import { releaseOf, standInStanza } from '../../../../parts/userlands/debian/kernel-stand-in.ts';
import {
  formatAptSources,
  generatedLocale,
  hosts,
  prepareLocaleAndTimezone,
  supportedName,
  writeNames,
  writeSystem,
} from '../../../../parts/userlands/debian/system.ts';
import { assembleCapabilities } from '../../../../src/stages/assemble/capabilities.ts';
import type { AssembleParams } from '../../../../src/stages/assemble/contract.ts';
import { fromDefinition } from '../../../../src/stages/origin.ts';
import type { Activity } from '../../../../stage-images/contract/activity.ts';
import { missingCapabilities } from '../../../../stage-images/rootfs-assembler/capabilities.ts';

describe('the base', () => {
  const deb = (name: string, fields: Record<string, string> = {}): Deb => ({
    source: { name, version: '1', arch: 'all', filename: `${name}.deb`, sha256: '0'.repeat(64), sizeBytes: 1 },
    path: `/${name}.deb`,
    control: new Map(Object.entries({ package: name, ...fields })),
  });

  test('is what is essential, what is pre-depended on, and what those need', () => {
    const debs = [
      deb('libc6'),
      deb('dpkg', { essential: 'yes', 'pre-depends': 'libc6 (>= 2.38), tar' }),
      deb('mawk', { provides: 'awk (= 1)' }),
      deb('base-files', { essential: 'yes', 'pre-depends': 'awk' }),
      deb('tar', { depends: 'other | libacl1:any' }),
      deb('libacl1'),
      deb('curl', { depends: 'libcurl4' }),
      deb('libcurl4'),
      deb('systemd', { 'pre-depends': 'libzstd1' }),
      deb('libzstd1'),
    ];
    const names = ['libc6', 'dpkg', 'mawk', 'base-files', 'tar', 'libacl1', 'libzstd1'];
    expect(baseSet(debs).map(({ source }) => source.name)).toEqual(names);
  });

  test('relations over several lines', () => {
    const [control] = parseControl('Package: aa\nDepends: bb (>= 1),\n cc | dd:any,\n ee\n');
    expect(control && relations({ control }, 'depends')).toEqual(['bb', 'cc', 'dd', 'ee']);
  });
});

describe('configuring', () => {
  const deb = (name: string, depends = ''): Deb => ({
    source: { name, version: '1', arch: 'all', filename: `${name}.deb`, sha256: '0'.repeat(64), sizeBytes: 1 },
    path: `/${name}.deb`,
    control: new Map(Object.entries({ package: name, depends })),
  });

  test('locales come before those that read them, and generators run under the locale of the system', async () => {
    const ran: { args: readonly string[]; env: Record<string, string> | undefined }[] = [];
    class RecordingRoot extends RootFs {
      override async run(_tool: string, args: readonly string[], { env }: { env?: Record<string, string> } = {}) {
        ran.push({ args, env });
        return 0;
      }
    }
    const folder = await mkdtemp(join(tmpdir(), 'ldf-configure-'));
    const root = new RecordingRoot(folder, 0, () => undefined);
    const debs = [deb('postgresql', 'locales | other'), deb('libc-l10n'), deb('locales', 'libc-l10n'), deb('curl')];
    await configurePackages(debs, root, () => undefined, { locale: 'de_DE.UTF-8', keepConffiles: true });
    await rm(folder, { recursive: true });
    const [first, rest] = ran;
    expect(first?.args).toEqual(expect.arrayContaining(['--configure', 'libc-l10n', 'locales']));
    expect(first?.args).not.toContain('curl');
    expect(rest?.args).toEqual(expect.arrayContaining(['--force-confold', '--configure', '--pending']));
    expect(rest?.args).not.toContain('--force-confnew');
    expect(rest?.env).toMatchObject({ LANG: 'de_DE.UTF-8', LC_ALL: '', LC_MESSAGES: 'C.UTF-8' });
  });

  test('without a locale of its own nothing is said of it', () => {
    expect(localeEnvironment(undefined)).toEqual({});
  });
});

describe('modules that packages compile', () => {
  test('are those that dkms names without having installed them for the kernel', () => {
    const status = [
      'acpi-call/1.2.2, 6.12.118+deb13-cloud-amd64, x86_64: installed',
      'zfs/2.3.2, 6.12.118+deb13-cloud-amd64, x86_64: built',
      'v4l2loopback/0.15.0: added',
      'other/1, 6.1.0-1-amd64, x86_64: installed',
    ];
    expect(unbuilt(status, '6.12.118+deb13-cloud-amd64')).toEqual(['other/1', 'v4l2loopback/0.15.0', 'zfs/2.3.2']);
    expect(unbuilt([], '')).toEqual([]);
  });

  test("find a package in dpkg's database that stands for the image's kernel", () => {
    const kernel = { name: 'linux-image-6.12.118+deb13-cloud-amd64', version: '6.12.118-1' };
    const [stanza] = parseControl(standInStanza(kernel, 'amd64'));
    expect(stanza?.get('provides')).toBe('linux-image-6.12.118+deb13-cloud-amd64 (= 6.12.118-1)');
    expect(stanza?.get('status')).toBe('install ok installed');
    // The lock says its release; one that was written before does not.
    expect(releaseOf({ name: 'kernel', version: '1', release: '6.12.118-mine' })).toBe('6.12.118-mine');
    expect(releaseOf(kernel)).toBe('6.12.118+deb13-cloud-amd64');
  });
});

describe("dpkg's output", () => {
  test('names', () => {
    expect(parseStart('Setting up libc6:amd64 (2.41-12) ...')).toBe('libc6');
    expect(parseStart('Unpacking curl (8.14.1-2) ...')).toBe('curl');
    expect(parseStart('Processing triggers for libc-bin (2.41-12) ...')).toBeUndefined();
  });

  test('the failing package with its last lines, and not the ones that wait for it', () => {
    const lines = [
      'Setting up a (1) ...',
      'Setting up broken:amd64 (2) ...',
      'no such device',
      'dpkg: error processing package broken:amd64 (--configure):',
      ' installed broken:amd64 package post-installation script subprocess returned error exit status 1',
      'dpkg: dependency problems prevent configuration of waiting:',
      'dpkg: error processing package waiting (--configure):',
      ' dependency problems - leaving unconfigured',
    ];
    expect(parseFailures(lines)).toEqual([
      {
        name: 'broken',
        tail: [
          'Setting up broken:amd64 (2) ...',
          'no such device',
          'installed broken:amd64 package post-installation script subprocess returned error exit status 1',
        ],
      },
    ]);
  });

  test('an archive that cannot be unpacked', () => {
    const lines = [
      'Unpacking bad (1) ...',
      'dpkg: error processing archive /ldf-packages/bad_amd64.deb (--unpack):',
      ' new bad package pre-installation script subprocess returned error exit status 1',
    ];
    expect(parseFailures(lines).map(({ name }) => name)).toEqual(['bad']);
  });
});

test('steps share one bar: it only goes forward, small advances are left out, the end is told', () => {
  const reported: number[] = [];
  const steps = new Steps((fraction) => reported.push(fraction));
  const first = steps.from(0, 0.5);
  for (const fraction of [0, 0.001, 0.5, 0.4, 2]) first(fraction);
  steps.from(0.5, 1)(1);
  expect(reported).toEqual([0, 0.25, 0.5, 1]);
});

test('where a phase or an item of it begins is told, however small the advance', () => {
  const told: (Activity | undefined)[] = [];
  const step = new Steps((_, activity) => told.push(activity)).from(0, 1);
  const item = (name: string) => ({ note: name, phase: 'unpacking', item: name });
  const [a, b] = [item('a'), item('b')];
  for (const activity of [a, a, b, undefined, 'checking', 'checking']) step(0.001, activity);
  expect(told).toEqual([a, b, 'checking']);
});

describe('the system', () => {
  test('the machine knows its own name', () => {
    expect(hosts('gw').split('\n')).toContain('127.0.1.1\tgw');
    expect(hosts('gw', '0123456789ab').split('\n')).toContain('127.0.1.1\tgw 0123456789ab');
  });

  test('sources of apt, one stanza an archive', () => {
    const uri = 'http://mirror.example/debian';
    const stanzas = parseControl(
      formatAptSources([
        { uri, suite: 'trixie', components: ['main'] },
        { uri, suite: 'trixie-updates', components: ['main'] },
        { uri: 'http://mirror.example/security', suite: 'trixie-security', components: ['main'] },
      ]),
    );
    expect(stanzas.map((stanza) => [stanza.get('uris'), stanza.get('suites')])).toEqual([
      [uri, 'trixie trixie-updates'],
      ['http://mirror.example/security', 'trixie-security'],
    ]);
  });

  test("a locale under the name libc's list has it", () => {
    const supported = ['en_US.UTF-8', 'hi_IN', 'sr_RS@latin'];
    expect(supportedName('en_US.UTF-8', supported)).toBe('en_US.UTF-8');
    expect(supportedName('hi_IN.UTF-8', supported)).toBe('hi_IN');
    expect(supportedName('sr_RS.UTF-8@latin', supported)).toBe('sr_RS@latin');
    expect(supportedName('xx_XX.UTF-8', supported)).toBeUndefined();
  });

  test('accounts', () => {
    expect(parseDatabase('root:x:0:0::/root:/bin/sh\n').get('root')?.[5]).toBe('/root');
  });

  test('capabilities that are missing', () => {
    const wanted = assembleCapabilities;
    const all = (1n << 64n) - 1n;
    const status = (effective: bigint) =>
      `Name:\tnode\nCapPrm:\t0\nCapEff:\t${effective.toString(16).padStart(16, '0')}\n`;
    expect(missingCapabilities(status(all), wanted)).toEqual([]);
    expect(missingCapabilities(status(all & ~(1n << 4n)), wanted)).toEqual(['FSETID']);
    expect(missingCapabilities(status(0n), wanted)).toEqual([...wanted]);
  });
});

describe('time zone and locale', () => {
  let folder = '';
  let root: RootFs;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ldf-zone-'));
    root = new RootFs(folder, 0, () => undefined);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const params = (timezone: string, locale: string): AssembleParams => ({
    suite: 'trixie',
    packages: [],
    aptSources: [],
    hostname: 'gw',
    timezone,
    locale,
    users: [],
    files: [],
    userland: { use: 'debian', params: {} },
    init: { use: 'systemd', params: {} },
    services: { enable: [], disable: [] },
    mountPoints: [],
    sourceDate: 0,
  });

  async function giveData() {
    await root.write('/usr/share/zoneinfo/Europe/Berlin', '');
    await root.write(
      '/usr/share/zoneinfo/tzdata.zi',
      '# version 2025b\nZ Europe/Berlin 0:53:28 - LMT\nL America/Los_Angeles US/Pacific\n',
    );
    await root.write('/usr/share/i18n/SUPPORTED', 'de_DE.UTF-8 UTF-8\nde_DE ISO-8859-1\nhi_IN UTF-8\n');
  }

  test('are set before the packages are configured', async () => {
    await giveData();
    await prepareLocaleAndTimezone(root, params('Europe/Berlin', 'hi_IN.UTF-8'));
    expect(await readlink(join(folder, 'etc/localtime'))).toBe('../usr/share/zoneinfo/Europe/Berlin');
    expect(await readFile(join(folder, 'etc/locale.gen'), 'utf8')).toBe('hi_IN UTF-8\n');
  });

  test('the locale is where packages look for it before they are configured, and what the definition lists is generated too', async () => {
    await giveData();
    const file = {
      path: '/etc/locale.gen',
      content: 'hi_IN UTF-8',
      mode: '0644',
      from: fromDefinition('/system/files/0'),
    };
    const german = { ...params('Etc/UTC', 'de_DE.UTF-8'), files: [file] };
    await prepareLocaleAndTimezone(root, german);
    expect(await readFile(join(folder, 'etc/default/locale'), 'utf8')).toBe('LANG=de_DE.UTF-8\n');
    expect(await readFile(join(folder, 'etc/locale.gen'), 'utf8')).toBe('hi_IN UTF-8\nde_DE.UTF-8 UTF-8\n');
    expect(generatedLocale(german)).toBe('de_DE.UTF-8');
    expect(generatedLocale(params('Etc/UTC', 'C.UTF-8'))).toBeUndefined();
  });

  test('names are complete while packages are configured: an empty resolv.conf is there, and goes where nothing fills it', async () => {
    const system = params('Etc/UTC', 'C.UTF-8');
    await writeNames(root, system);
    expect(await readFile(join(folder, 'etc/hostname'), 'utf8')).toBe('gw\n');
    // What `test -f` finds is behind the link.
    expect(await readFile(join(folder, 'etc/resolv.conf'), 'utf8')).toBe('');
    await root.write('/usr/lib/systemd/systemd-resolved', '');
    await writeSystem(root, system);
    expect(await readlink(join(folder, 'etc/resolv.conf'))).toBe('../run/systemd/resolve/stub-resolv.conf');
    await root.remove('/usr/lib/systemd/systemd-resolved');
    await writeSystem(root, system);
    expect(await root.stat('/etc/resolv.conf')).toBeUndefined();
    await root.write('/etc/resolv.conf', 'nameserver 192.0.2.1\n');
    await writeSystem(root, system);
    expect(await root.stat('/etc/resolv.conf')).toBeDefined();
  });

  test('UTC and C need no packages', async () => {
    await prepareLocaleAndTimezone(root, params('Etc/UTC', 'C.UTF-8'));
    expect(await root.exists('/etc/localtime')).toBe(false);
  });

  test.each([
    ['Europe/Berln', 'C.UTF-8', '/system/timezone', 'Did you mean Europe/Berlin?'],
    ['US/Pacific', 'C.UTF-8', '/system/timezone', 'tzdata-legacy'],
    ['Etc/UTC', 'de_DD.UTF-8', '/system/locale', 'Did you mean de_DE.UTF-8?'],
  ])('%s and %s are refused at %s', async (timezone, locale, pointer, hint) => {
    await giveData();
    await expect(prepareLocaleAndTimezone(root, params(timezone, locale))).rejects.toMatchObject({
      error: { code: 'system.unknown', hint: expect.stringContaining(hint), details: [{ pointer }] },
    });
  });
});
