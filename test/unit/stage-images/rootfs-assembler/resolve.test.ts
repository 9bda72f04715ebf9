import { describe, expect, test } from 'vitest';
import { nearNames } from '../../../../parts/near-names.ts';
import type { Suite } from '../../../../parts/userlands/debian/apt.ts';
import { judgeKernelPackages } from '../../../../parts/userlands/debian/kernel-packages.ts';
import { resolvePackages } from '../../../../parts/userlands/debian/resolve-packages.ts';
import type { KernelForm } from '../../../../src/stages/kernel-form.ts';
import type { PackageSource } from '../../../../src/stages/locked-package.ts';
import { recommendationNotes } from '../../../../src/stages/recommendations.ts';
import type { KernelWish } from '../../../../src/stages/resolve/contract.ts';
import { StageFailure } from '../../../../stage-images/contract/failure.ts';
import { resolveBoot } from '../../../../stage-images/rootfs-assembler/resolve-boot.ts';
import {
  isOfSeries,
  resolveKernel,
  upstreamVersion,
} from '../../../../stage-images/rootfs-assembler/resolve-kernel.ts';

const wishesSha256 = '0'.repeat(64);

function source(name: string, version: string, sha = 'a'): PackageSource {
  const filename = `${name}_${version}_amd64.deb`;
  const url = `http://mirror.example/${filename}`;
  return { name, version, arch: 'amd64', filename, url, sha256: sha.repeat(64), sizeBytes: 10 };
}

/** A suite with the packages given; `conflict` is what apt says instead of installing them. */
function fakeSuite(
  packages: readonly PackageSource[],
  more: {
    versions?: [string, { version: string; suite: string }[]][];
    conflict?: string[];
    virtual?: [string, string[]][];
    dependencies?: Record<string, string[]>;
    /** Names that apt cannot install together with the others. */
    excluded?: string[];
    /** Fields of control paragraphs, by package. */
    control?: Record<string, Record<string, string>>;
  } = {},
) {
  const asked: string[][] = [];
  const installed: string[] = [];
  const suite: Suite = {
    suite: 'trixie',
    archives: [{ uri: 'http://mirror.example/debian', suite: 'trixie', components: ['main'], trust: {} }],
    releaseDate: 2000,
    async simulateInstall(wanted) {
      asked.push([...wanted]);
      if (more.excluded?.some((name) => wanted.includes(name))) return { ok: false, lines: ['E: excluded'] };
      const lines = packages.map(({ name, version }) => `Inst ${name} (${version} Debian:13/stable [amd64])`);
      return more.conflict ? { ok: false, lines: more.conflict } : { ok: true, lines };
    },
    locateInstall: async () => [...packages].reverse(),
    locatePackage: async (name) => packages.find((found) => found.name === name),
    dependencies: async (name) => more.dependencies?.[name] ?? [],
    packageNames: async (prefix = '') => packages.map(({ name }) => name).filter((name) => name.startsWith(prefix)),
    providers: async () => new Map(more.virtual),
    versions: async () => new Map(more.versions),
    architecture: 'amd64',
    describe: async (names) => names.map((name) => new Map(Object.entries({ package: name, ...more.control?.[name] }))),
    withInstalled: async (stanza) => {
      installed.push(stanza);
      return suite;
    },
  };
  return { suite, asked, installed };
}

async function failureOf(promise: Promise<unknown>): Promise<StageFailure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StageFailure)) throw new Error(`not a StageFailure: ${String(error)}`);
  return error;
}

describe('packages', () => {
  const curl = source('curl', '8.14.1-2', 'c');
  const wish = (...names: string[]) => ({
    wishesSha256,
    suite: 'trixie',
    names: names.map((name, index) => ({ name, from: `/userland/packages/${index}` })),
    recommended: [] as { name: string; from: string }[],
  });

  test('the base is always wanted, and the answer has the order of unpacking', async () => {
    const { suite, asked } = fakeSuite([source('base-files', '13.8'), curl]);
    const group = await resolvePackages(suite, wish('curl'), undefined);
    expect(asked).toEqual([['?essential', '?priority(required)', 'curl']]);
    expect(group.packages.map(({ name }) => name)).toEqual(['base-files', 'curl']);
    expect(group.sourceDate).toBe(2000);
    expect(group.aptSources).toEqual([{ uri: 'http://mirror.example/debian', suite: 'trixie', components: ['main'] }]);
  });

  test('the same files keep their date', async () => {
    const { suite } = fakeSuite([curl]);
    const previous = { wishesSha256, sourceDate: 1000, packages: [curl], aptSources: [] };
    expect((await resolvePackages(suite, wish('curl'), previous)).sourceDate).toBe(1000);
    const moved = { ...previous, packages: [source('curl', '8.14.1-1', 'd')] };
    expect((await resolvePackages(suite, wish('curl'), moved)).sourceDate).toBe(2000);
  });

  test('every unknown name is told, with its place and what is near', async () => {
    const { suite, asked } = fakeSuite([curl], { virtual: [['mta', ['exim4', 'postfix']]] });
    const names = [...wish('curll', 'mta', 'c.rl').names, { name: 'dbuss', from: 'init/systemd' }];
    const { error } = await failureOf(resolvePackages(suite, { ...wish(), names }, undefined));
    expect(error.code).toBe('packages.unknown');
    expect(error.details).toMatchObject([
      { pointer: '/userland/packages/0', value: '"curll"', hint: 'Did you mean curl?' },
      { pointer: '/userland/packages/1', hint: 'Choose one of exim4, postfix.' },
      { pointer: '/userland/packages/2', value: '"c.rl"' },
      { pointer: '/userland/packages', message: 'trixie has no package dbuss (wanted by init/systemd).' },
    ]);
    expect(asked).toEqual([]);
  });

  test('a virtual package with one provider is fine', async () => {
    const { suite, asked } = fakeSuite([curl], { virtual: [['c-shell', ['tcsh']]] });
    await resolvePackages(suite, wish('c-shell'), undefined);
    expect(asked[0]).toContain('c-shell');
  });

  test('a package to leave out is passed on when it exists, and needs no leaving out when it does not', async () => {
    const { suite, asked } = fakeSuite([curl]);
    await resolvePackages(suite, wish('curl-', 'nothing-'), undefined);
    expect(asked).toEqual([['?essential', '?priority(required)', 'curl-']]);
  });

  test('a version or suite that the archives have is passed on as apt takes it', async () => {
    const versions = ['8.14.1-2', '8.14.1-3~bpo13+1'].map((version, index) => ({
      version,
      suite: ['trixie', 'trixie-backports'][index] ?? '',
    }));
    const { suite, asked } = fakeSuite([curl], { versions: [['curl', versions]] });
    await resolvePackages(suite, wish('curl=8.14.1-2'), undefined);
    await resolvePackages(suite, wish('curl/trixie-backports'), undefined);
    expect(asked.map((all) => all.at(-1))).toEqual(['curl=8.14.1-2', 'curl/trixie-backports']);
  });

  test('one that they do not have is refused with those that there are', async () => {
    const { suite, asked } = fakeSuite([curl, source('wget', '1')], {
      versions: [['curl', [{ version: '8.14.1-2', suite: 'trixie' }]]],
    });
    const failed = await failureOf(resolvePackages(suite, wish('curl=8.0', 'wget/trixie-backports'), undefined));
    expect(failed.error).toMatchObject({
      code: 'packages.version-unavailable',
      details: [
        { pointer: '/userland/packages/0', value: '"curl=8.0"', hint: expect.stringContaining('It has 8.14.1-2.') },
        { pointer: '/userland/packages/1', message: 'trixie-backports has no package wget.' },
      ],
    });
    expect(asked).toEqual([]);
  });

  test("a conflict has apt's explanation and points at those who take part", async () => {
    const conflict = ['The following packages have unmet dependencies:', ' curl : Conflicts: wget but it is wanted'];
    const { suite } = fakeSuite([curl, source('wget', '1'), source('vim', '1')], { conflict });
    const { error } = await failureOf(resolvePackages(suite, wish('vim', 'curl', 'wget'), undefined));
    expect(error.code).toBe('packages.conflict');
    expect(error.message).toContain('curl : Conflicts: wget');
    expect(error.details?.map(({ pointer }) => pointer)).toEqual(['/userland/packages/1', '/userland/packages/2']);
  });
});

describe('what is recommended', () => {
  const from = 'init/systemd';
  const wish = (names: string[], recommended: string[] = []) => ({
    wishesSha256,
    suite: 'trixie',
    names: names.map((name, index) => ({ name, from: `/userland/packages/${index}` })),
    recommended: recommended.map((name) => ({ name, from })),
  });
  const all = ['chrony', 'systemd-timesyncd', 'netbase', 'docker.io', 'docker-cli', 'git', 'vim'].map((name) =>
    source(name, '1'),
  );
  const base = ['?essential', '?priority(required)'];

  test('is installed where the suite has it', async () => {
    const { suite, asked } = fakeSuite(all);
    await resolvePackages(suite, wish(['vim'], ['netbase', 'not-in-this-suite']), undefined);
    expect(asked).toEqual([[...base, 'vim', 'netbase']]);
  });

  test('gives way to what it excludes, and takes nothing else with it', async () => {
    const { suite, asked } = fakeSuite(all, { excluded: ['systemd-timesyncd'] });
    await resolvePackages(suite, wish(['chrony'], ['netbase', 'systemd-timesyncd', 'vim']), undefined);
    expect(asked.at(-1)).toEqual([...base, 'chrony', 'netbase', 'vim']);
  });

  test('that declares what it excludes is left out at once', async () => {
    const control = {
      chrony: { conflicts: 'time-daemon, ntp (<< 1)', provides: 'time-daemon' },
      'systemd-timesyncd': { conflicts: 'time-daemon', provides: 'time-daemon' },
    };
    const { suite, asked } = fakeSuite(all, { excluded: ['systemd-timesyncd'], control });
    const others = ['netbase', 'systemd-timesyncd', 'vim'];
    await resolvePackages({ ...suite }, wish(['chrony'], others), undefined);
    expect(asked.map((names) => names.slice(base.length))).toEqual([
      ['chrony', ...others],
      ['chrony'],
      ['chrony', 'netbase', 'vim'],
    ]);
  });

  test('by the packages of the definition and left out is told, the command line above all', async () => {
    const control = {
      'docker.io': { recommends: 'docker-cli, git | mercurial, vim | ed, none-such', source: 'docker.io' },
      'docker-cli': { source: 'docker.io (1)' },
      vim: { recommends: 'netbase' },
      chrony: { recommends: 'netbase' },
    };
    const { suite } = fakeSuite([...all.filter(({ name }) => ['docker.io', 'vim', 'chrony'].includes(name))], {
      control,
    });
    const known = { ...suite, packageNames: async () => all.map(({ name }) => name) };
    const asked = wish(['docker.io', 'vim', 'netbase-']);
    const names = [...asked.names, { name: 'chrony', from }];
    const group = await resolvePackages(known, { ...asked, names }, undefined);
    expect(group.leftOut).toEqual([
      { name: 'docker-cli', by: 'docker.io', tool: true },
      { name: 'git', by: 'docker.io', tool: false },
    ]);
    expect(recommendationNotes(group)).toEqual([
      'docker.io only recommends its command line, docker-cli, which is left out: add it to userland.packages to have it; it also recommends git.',
    ]);
  });

  test('of nothing is noted as nothing', async () => {
    const group = await resolvePackages(fakeSuite(all).suite, wish(['vim']), undefined);
    expect(group).not.toHaveProperty('leftOut');
    expect(recommendationNotes(group)).toEqual([]);
    expect(recommendationNotes(undefined)).toEqual([]);
  });
});

describe('packages that change how the system boots', () => {
  const image = { name: 'linux-image-6.12.118+deb13-cloud-amd64', version: '6.12.118-1' };
  const headers = 'linux-headers-6.12.118+deb13-cloud-amd64';
  const stanza = (name: string, fields: Record<string, string> = {}) =>
    new Map(Object.entries({ package: name, ...fields }));
  const asked = (...names: string[]) => ({
    names: names.map((name, index) => ({ name, from: `/userland/packages/${index}` })),
    recommended: [],
  });
  const refused = (stanzas: Map<string, string>[], names: string[], kernel: typeof image | undefined) => {
    try {
      judgeKernelPackages(stanzas, asked(...names), kernel);
    } catch (error) {
      if (error instanceof StageFailure) return error.error;
      throw error;
    }
    throw new Error('nothing was refused');
  };
  const dkms = [
    stanza('acpi-call-dkms', { depends: 'dkms' }),
    stanza('dkms', { depends: 'make' }),
    stanza('make'),
    stanza('linux-headers-cloud-amd64', { depends: `${headers} (= 6.12.118-1)` }),
    stanza(headers, {
      depends: `${image.name} (= 6.12.118-1) | ${image.name}-unsigned, linux-headers-6.12.118+deb13-common`,
    }),
    stanza('linux-headers-6.12.118+deb13-common'),
  ];

  test("headers of the image's own kernel, and modules compiled with them, are taken; the lock names the kernel", async () => {
    expect(judgeKernelPackages(dkms, asked('acpi-call-dkms', 'linux-headers-cloud-amd64'), image)).toBe(true);
    expect(judgeKernelPackages([stanza('vim')], asked('vim'), image)).toBe(false);
    const packages = dkms.map((one) => source(one.get('package') ?? '', '1'));
    const control = Object.fromEntries(dkms.map((one) => [one.get('package') ?? '', Object.fromEntries(one)]));
    const { suite, installed } = fakeSuite(packages, { control });
    const wish = { wishesSha256, suite: 'trixie', ...asked('acpi-call-dkms', 'linux-headers-cloud-amd64') };
    expect((await resolvePackages(suite, wish, undefined, image)).kernel).toEqual(image);
    expect(installed.join()).toContain(`Provides: ${image.name} (= 6.12.118-1)\n`);
  });

  test('a module without headers is refused, with the headers that would do', () => {
    expect(refused(dkms.slice(0, 3), ['acpi-call-dkms'], image)).toMatchObject({
      code: 'packages.boot-foreign',
      message: expect.stringMatching(/^acpi-call-dkms compiles a module with the headers of the kernel/),
      hint: expect.stringContaining('Ask for linux-headers-cloud-amd64'),
      details: [{ pointer: '/userland/packages/0', value: '"acpi-call-dkms"' }],
    });
  });

  test('a kernel that is compiled has no headers to be had', () => {
    const { details } = refused(dkms, ['acpi-call-dkms', 'linux-headers-cloud-amd64'], undefined);
    expect(details).toMatchObject([
      { pointer: '/userland/packages/0', message: expect.stringContaining('acpi-call-dkms') },
      {
        pointer: '/userland/packages/1',
        message: expect.stringMatching(/^linux-headers-6.* \(drawn in by linux-headers-cloud-amd64\) has the headers/),
        hint: expect.stringContaining('kernel.source'),
      },
    ]);
  });

  test('headers of another kernel are refused, and the kernel and initramfs that they draw in are not told again', () => {
    const stanzas = [
      stanza('linux-headers-amd64', { depends: 'linux-headers-6.12.118+deb13-amd64' }),
      stanza('linux-headers-6.12.118+deb13-amd64', { depends: 'linux-image-6.12.118+deb13-amd64' }),
      stanza('linux-image-6.12.118+deb13-amd64', { depends: 'initramfs-tools | linux-initramfs-tool' }),
      stanza('initramfs-tools', { provides: 'linux-initramfs-tool' }),
    ];
    expect(refused(stanzas, ['linux-headers-amd64'], image)).toMatchObject({
      message: expect.stringContaining('(drawn in by linux-headers-amd64) has the headers of a kernel'),
      hint: expect.stringContaining('linux-headers-cloud-amd64'),
    });
  });

  test.each([
    [[stanza('linux-image-amd64')], 'is a second kernel'],
    [[stanza('grub-pc')], 'is a boot loader'],
    [[stanza('grub-efi-amd64')], 'is a boot loader'],
    [[stanza('dracut', { provides: 'linux-initramfs-tool' })], 'makes an initramfs'],
    [[stanza('cryptsetup-initramfs')], 'adds to an initramfs'],
  ])('%#: each is told in a sentence', (stanzas, sentence) => {
    const name = stanzas[0]?.get('package') ?? '';
    expect(refused(stanzas, [name], image).message).toContain(`${name} ${sentence}`);
  });

  test('a program that makes an initramfs is taken where another package needs it', () => {
    const stanzas = [
      stanza('plymouth', { depends: 'initramfs-tools | dracut' }),
      stanza('initramfs-tools', { provides: 'linux-initramfs-tool' }),
    ];
    expect(judgeKernelPackages(stanzas, asked('plymouth'), image)).toBe(false);
    expect(refused(stanzas, ['initramfs-tools'], image).message).toContain('initramfs-tools makes an initramfs');
  });

  test('what only sounds like them is taken', () => {
    const names = [
      'grub-common',
      'grub-pc-bin',
      'mdadm',
      'cryptsetup',
      'lvm2',
      'linux-image-6.1-amd64-dbg',
      'dkms',
      'linux-libc-dev',
    ];
    expect(
      judgeKernelPackages(
        names.map((name) => stanza(name)),
        asked(...names),
        image,
      ),
    ).toBe(false);
  });
});

describe('the kernel', () => {
  const kernel = source('linux-source-6.12', '6.12.57-1~deb13u1', 'b');
  const wish = (version: string, name = 'linux-source-6.12', form: KernelForm = 'source'): KernelWish => ({
    ...{ wishesSha256, form, suite: 'trixie', package: name, version },
  });

  test('a series takes what there is', async () => {
    const group = await resolveKernel(fakeSuite([kernel]).suite, wish('6.12'), undefined);
    expect(group).toEqual({ wishesSha256, version: '6.12.57', sourceDate: 2000, sources: [kernel] });
  });

  test('the same source keeps its date', async () => {
    const previous = { wishesSha256, version: '6.12.57', sourceDate: 1000, sources: [kernel] };
    expect((await resolveKernel(fakeSuite([kernel]).suite, wish('6.12'), previous)).sourceDate).toBe(1000);
  });

  test('an exact version that is not there says which is', async () => {
    const { error } = await failureOf(resolveKernel(fakeSuite([kernel]).suite, wish('6.12.1'), undefined));
    expect(error).toMatchObject({ code: 'kernel.unavailable', details: [{ pointer: '/kernel/version' }] });
    expect(error.hint).toContain('"6.12.57"');
  });

  test('a series that is not there says which are', async () => {
    const asked = resolveKernel(fakeSuite([kernel]).suite, wish('6.99', 'linux-source-6.99'), undefined);
    expect((await failureOf(asked)).error.hint).toBe('It has linux-source-6.12.');
  });

  describe('that comes finished', () => {
    const finished = source('linux-image-6.12.118+deb13-cloud-amd64', '6.12.118-1', 'e');
    const newest = source('linux-image-cloud-amd64', '6.12.118-1', 'f');
    const wished = (name: string, version = '6.12') => wish(version, name, 'binary');
    const { suite } = fakeSuite([finished, newest], {
      dependencies: {
        [newest.name]: [finished.name],
        [finished.name]: ['kmod', 'linux-base', 'initramfs-tools'],
      },
    });

    test('is the package that the newest one of its sort depends on', async () => {
      const group = await resolveKernel(suite, wished(newest.name), undefined);
      expect(group).toEqual({ wishesSha256, version: '6.12.118', sourceDate: 2000, sources: [finished] });
    });

    test('may be named itself', async () => {
      expect((await resolveKernel(suite, wished(finished.name), undefined)).sources).toEqual([finished]);
    });

    test('that is not there says which are', async () => {
      const { error } = await failureOf(resolveKernel(suite, wished('linux-image-nosuch'), undefined));
      expect(error).toMatchObject({ code: 'kernel.unavailable', hint: 'It has linux-image-cloud-amd64.' });
    });

    test('has an exact version only while it is the newest', async () => {
      const { error } = await failureOf(resolveKernel(suite, wished(newest.name, '6.12.117'), undefined));
      expect(error.hint).toContain('"6.12.118"');
    });
  });

  test('versions', () => {
    expect(upstreamVersion('2:6.12.57-1~deb13u1')).toBe('6.12.57');
    expect(upstreamVersion('6.1-rc-2')).toBe('6.1-rc');
    expect(isOfSeries('6.12.57', '6.12')).toBe(true);
    expect(isOfSeries('6.12.57', '6.1')).toBe(false);
    expect(isOfSeries('6.12.57', '6.12.5')).toBe(false);
  });
});

describe('near names', () => {
  test('what continues the word comes first, then what is a typing error away', () => {
    const names = ['openssh-tests', 'openssh-server', 'openss', 'libreoffice', 'openssl'];
    expect(nearNames('openssh', names)).toEqual(['openssh-tests', 'openssh-server', 'openss', 'openssl']);
  });

  test('nothing is near to a long word that is only half alike', () => {
    expect(nearNames('postgresql-client', ['postgis-client', 'mariadb-client'])).toEqual([]);
  });
});

describe('boot packages', () => {
  const loader = source('systemd-boot-efi', '257.9-1', 'd');
  const tool = source('busybox-static', '1:1.37.0-6', 'e');
  const wish = (...names: string[]) => ({
    wishesSha256,
    suite: 'trixie',
    names: names.map((name) => ({ name, from: `component/${name}` })),
  });

  test('are exactly those that are asked for; the same files keep their date', async () => {
    const { suite, asked } = fakeSuite([source('base-files', '13.8'), tool, loader]);
    const group = await resolveBoot(suite, wish('busybox-static', 'systemd-boot-efi'), undefined);
    expect(group).toEqual({ wishesSha256, sourceDate: 2000, packages: [tool, loader] });
    expect(asked).toEqual([]);
    const before = { ...group, sourceDate: 1000, packages: [loader, tool] };
    expect((await resolveBoot(suite, wish('busybox-static', 'systemd-boot-efi'), before)).sourceDate).toBe(1000);
    const other = { ...before, packages: [loader] };
    expect((await resolveBoot(suite, wish('busybox-static', 'systemd-boot-efi'), other)).sourceDate).toBe(2000);
  });

  test('that the suite does not have are told, each with who wants it', async () => {
    const { suite } = fakeSuite([tool]);
    const failure = await failureOf(resolveBoot(suite, wish('systemd-boot-efi', 'busybox-static', 'shim'), undefined));
    expect(failure.error.code).toBe('boot.package-unknown');
    expect(failure.error.details?.map(({ message }) => message)).toEqual([
      'trixie has no package systemd-boot-efi for amd64 (wanted by component/systemd-boot-efi for the boot).',
      'trixie has no package shim for amd64 (wanted by component/shim for the boot).',
    ]);
    expect(failure.error.hint).toContain('bootPackages');
  });
});
