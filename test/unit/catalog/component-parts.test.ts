/** What a component says of a part is checked by the part's own schema, when the component is read. */
import { describe, expect, it } from 'vitest';
import { loadCatalog, parseComponent } from '../../../src/catalog/catalog.ts';
import { LdfError } from '../../../src/errors.ts';

const about = { name: 'x', title: 'X', summary: 'For a test.' };
const bootLoader = { kind: 'bootloader', ...about, use: 'systemd-boot' };
const root = { role: 'root', label: 'root', typeGuid: '4f68bce3-e8cd-4db1-96e7-fbcaf984b709', size: 'auto' };

function problems(component: object) {
  try {
    parseComponent(component);
  } catch (error) {
    if (error instanceof LdfError) return error.details;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a part that a component names', () => {
  it('gets its parameters with its own defaults', () => {
    expect(parseComponent({ ...bootLoader, params: { timeoutSeconds: 5 } })).toMatchObject({
      use: 'systemd-boot',
      params: { timeoutSeconds: 5, consoleMode: 'keep', editor: false },
    });
  });

  it.each([
    [
      'bootloader',
      /must be a boot loader that there is a part for/,
      'Use one of: grub, raspberry-pi, systemd-boot, uki.',
    ],
    [
      'filesystem',
      /must be a file system that there is a part for/,
      'Use one of: btrfs, erofs, ext4, squashfs, swap, vfat, xfs.',
    ],
    ['init', /must be an init system that there is a part for/, 'Use one of: busybox, openrc, systemd.'],
    ['userland', /must be a userland that there is a part for/, 'Use one of: busybox, debian.'],
    [
      'kernel',
      /must be a source of kernels that there is a part for/,
      'Use one of: debian-binary, debian-source, git, kernel-org, upload, url.',
    ],
    [
      'format',
      /must be a format that there is a part for/,
      'Use one of: directory, iso, oci, qcow2, raw, tar, vhd, vhdx, vmdk.',
    ],
  ])('of kind %s must be there; the error names those that are', (kind, message, hint) => {
    const owns: Record<string, object> = { userland: { suites: [] }, kernel: { kernelSeries: [{ series: '6.12' }] } };
    const own = owns[kind] ?? {};
    const [problem, ...others] = problems({ kind, ...about, ...own, use: 'plan9' });
    expect(problem).toMatchObject({ pointer: '/use', message: expect.stringMatching(message), value: '"plan9"', hint });
    expect(others).toEqual([]);
    if (!['init', 'userland'].includes(kind))
      expect(problems({ kind, ...about, ...own })).toMatchObject([{ pointer: '/use', message: 'is missing' }]);
    expect(problems({ kind, ...about, ...own, use: 'toString' })[0]?.pointer).toBe('/use');
  });

  it('takes no other parameters, and none of another type', () => {
    expect(problems({ ...bootLoader, params: { colour: 'red', timeoutSeconds: 'long', editor: 'yes' } })).toMatchObject(
      [
        { pointer: '/params/timeoutSeconds', message: 'must be a number' },
        { pointer: '/params/editor', message: 'must be true or false' },
        { pointer: '/params/colour', message: 'unknown key "colour"', hint: 'Remove it or correct its spelling.' },
      ],
    );
    expect(problems({ kind: 'format', ...about, use: 'raw', params: { level: 9 } })).toMatchObject([
      { pointer: '/params/level', message: 'unknown key "level"' },
    ]);
  });
});

describe('a partition', () => {
  const partitions = (kind: string, fileSystem?: unknown, more = {}) => ({
    ...{ kind, ...about, ...more },
    contributes: { partitions: [fileSystem === undefined ? root : { ...root, fileSystem }] },
  });
  const planned = (component: object) => parseComponent(component).contributes.partitions[0]?.fileSystem;

  it("has the file system that it names, with or without parameters, or that of its component's own", () => {
    expect(planned(partitions('platform', 'vfat'))).toEqual({ use: 'vfat', params: {} });
    expect(planned(partitions('platform', { use: 'ext4', params: {} }))).toEqual({ use: 'ext4', params: {} });
    expect(planned(partitions('filesystem', undefined, { use: 'ext4' }))).toEqual({ use: 'ext4', params: {} });
    expect(planned(partitions('filesystem', 'vfat', { use: 'ext4' }))).toEqual({ use: 'vfat', params: {} });
  });

  it('must have one that there is', () => {
    const at = '/contributes/partitions/0/fileSystem';
    expect(problems(partitions('platform', 'plan9'))).toMatchObject([
      { pointer: at, value: '"plan9"', hint: 'Use one of: btrfs, erofs, ext4, squashfs, swap, vfat, xfs.' },
    ]);
    expect(problems(partitions('platform', { use: 'plan9' }))).toMatchObject([{ pointer: `${at}/use` }]);
    expect(problems(partitions('platform', { use: 'vfat', params: { x: 1 } }))).toMatchObject([
      { pointer: `${at}/params/x` },
    ]);
    expect(problems(partitions('platform'))).toMatchObject([{ pointer: at, message: 'is missing' }]);
  });

  it('may be for anything', () => {
    const boot = { ...root, role: 'boot', label: 'boot', fileSystem: 'ext4' };
    expect(parseComponent({ kind: 'platform', ...about, contributes: { partitions: [boot] } })).toBeTruthy();
    const odd = { ...boot, role: 'a role' };
    expect(problems({ kind: 'platform', ...about, contributes: { partitions: [odd] } })[0]?.message).toContain('role');
  });
});

describe('a series of kernels', () => {
  const kernel = (series: object, more = {}) => ({
    ...{ kind: 'kernel', ...about, use: 'debian-source', ...more },
    kernelSeries: [{ series: '6.12', ...series }],
  });
  const offered = (component: object) => {
    const parsed = parseComponent(component);
    return parsed.kind === 'kernel' ? parsed.kernelSeries[0] : undefined;
  };
  const trixie = { suite: 'trixie', package: 'linux-source-6.12' };

  it('has what the component says for all series, and its own, which count before', () => {
    const params = { suite: 'trixie', package: 'linux-source-6.1' };
    expect(offered(kernel({ params: { package: 'linux-source-6.12' } }, { params }))).toEqual({
      ...{ series: '6.12', use: 'debian-source', params: trixie },
    });
  });

  it('may come from another part, which gets nothing that was said for the first', () => {
    const params = { suite: 'trixie', package: 'linux-image-amd64' };
    const other = { use: 'debian-binary', params };
    expect(offered(kernel(other, { params: { suite: 'bookworm' } }))).toEqual({ series: '6.12', ...other });
    expect(problems(kernel({ use: 'debian-binary', params: {} }, { params: trixie }))).toMatchObject([
      { pointer: '/kernelSeries/0/params/suite' },
      { pointer: '/kernelSeries/0/params/package' },
    ]);
    expect(problems(kernel({ use: 'floppy' }))).toMatchObject([{ pointer: '/kernelSeries/0/use', value: '"floppy"' }]);
  });

  it('may differ between architectures, and is checked for each', () => {
    const byArch = { suite: 'trixie', package: { x86_64: 'linux-source-6.12', aarch64: 'linux-source-6.12' } };
    expect(offered(kernel({ params: byArch }))?.params).toEqual(byArch);
    const wrong = { ...byArch, package: { ...byArch.package, aarch64: 6.12 } };
    const at = '/kernelSeries/0/params/package';
    expect(problems(kernel({ params: wrong }))).toMatchObject([{ pointer: at }]);
    expect(offered(kernel({ params: wrong }, { arch: ['x86_64'] }))).toBeTruthy();
    expect(problems(kernel({ params: { ...trixie, package: { mips: 'x' } } }))).toMatchObject([{ pointer: at }]);
    expect(problems(kernel({ params: { ...trixie, branch: 'x' } }))).toMatchObject([
      { pointer: '/kernelSeries/0/params/branch', message: 'unknown key "branch"' },
    ]);
  });
});

describe('who is asked in a booted guest', () => {
  const asking = (check: unknown) => ({
    kind: 'platform',
    ...about,
    contributes: { console: { up: [], down: [], check } },
  });

  it('is a part, named alone or with parameters', () => {
    for (const check of ['systemd', { use: 'systemd' }])
      expect(parseComponent(asking(check)).contributes.console.check).toEqual({ use: 'systemd', params: {} });
    const at = '/contributes/console/check';
    expect(problems(asking('oracle'))).toMatchObject([{ pointer: at, hint: 'Use one of: busybox, openrc, systemd.' }]);
    expect(problems(asking({ use: 'systemd', params: { x: 1 } }))).toMatchObject([{ pointer: `${at}/params/x` }]);
  });
});

describe('keys of one kind', () => {
  it.each([
    ['security', 'use', 'ext4'],
    ['filesystem', 'kernelSeries', []],
    ['format', 'suites', []],
    ['kernel', 'onDemand', { sudo: ['sudo'] }],
  ])('are refused in another: %s has no %s', (kind, key, value) => {
    expect(problems({ kind, ...about, use: 'ext4', [key]: value })).toContainEqual(
      expect.objectContaining({ pointer: `/${key}`, message: expect.stringContaining('unknown key') }),
    );
  });

  it('are needed in their own', () => {
    const source = { kind: 'kernel', ...about, use: 'debian-source' };
    expect(problems(source)).toMatchObject([{ pointer: '/kernelSeries', message: 'is missing' }]);
    expect(problems({ kind: 'userland', ...about })).toMatchObject([{ pointer: '/suites', message: 'is missing' }]);
  });

  it('of an unknown kind are told as such, naming the kinds', () => {
    expect(problems({ kind: 'toaster', ...about, use: 'x', requires: ['Not one'], extra: 1 })).toMatchObject([
      { pointer: '/kind', value: '"toaster"', hint: expect.stringContaining('Use one of: kernel, init') },
      { pointer: '/requires/0' },
      { pointer: '/extra' },
    ]);
    expect(problems([])).toHaveLength(1);
  });
});

describe('components that an earlier version stored', () => {
  const stored = { ...about, onDemand: { locale: [], timezone: [], sudo: [] } };

  it('are read on, what they did being what they use', () => {
    expect(parseComponent({ kind: 'format', ...stored, imageFormat: 'qcow2' })).toMatchObject({ use: 'qcow2' });
    const perArch = { x86_64: { partitions: [{ ...root, fileSystem: 'ext4' }] } };
    expect(parseComponent({ kind: 'filesystem', ...stored, perArch })).toMatchObject({
      use: 'ext4',
      perArch: { x86_64: { partitions: [{ fileSystem: { use: 'ext4', params: {} } }] } },
    });
    expect(
      parseComponent({ kind: 'init', ...stored, contributes: { console: { up: [], down: [], check: 'systemd' } } }),
    ).toMatchObject({
      use: 'systemd',
      params: {},
      contributes: { console: { check: { use: 'systemd', params: {} } } },
    });
    expect(parseComponent({ kind: 'userland', ...stored, suites: ['trixie'] })).toMatchObject({
      use: 'debian',
      params: {},
    });
    expect(parseComponent({ kind: 'security', ...stored })).toMatchObject({ kind: 'security' });
  });

  it('with kernels, each series of which said in which form it comes', () => {
    const both = { x86_64: 'linux-image-amd64', aarch64: 'linux-image-arm64' };
    const kernelSeries = [
      { series: '6.12', suite: 'trixie', package: 'linux-source-6.12' },
      { series: '6.1', suite: 'bookworm', form: 'binary', package: both },
    ];
    const source = { suite: 'trixie', package: 'linux-source-6.12' };
    expect(parseComponent({ kind: 'kernel', ...stored, kernelSeries })).toMatchObject({
      use: 'debian-source',
      params: {},
      kernelSeries: [
        { series: '6.12', use: 'debian-source', params: source },
        { series: '6.1', use: 'debian-binary', params: { suite: 'bookworm', package: both } },
      ],
    });
    const odd = [{ ...kernelSeries[0], form: 'wasm' }];
    expect(problems({ kind: 'kernel', ...stored, kernelSeries: odd }).map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/kernelSeries/0/form']),
    );
    expect(problems({ kind: 'kernel', ...stored, kernelSeries: [{ ...kernelSeries[0], suite: 3 }] })).toMatchObject([
      { pointer: '/kernelSeries/0/params/suite' },
    ]);
  });

  it('and what a build keeps of those it was planned with is read again as it is', async () => {
    const { entries } = await loadCatalog('components');
    for (const { component } of entries) expect(parseComponent(component)).toEqual(component);
  });
});
