import { describe, expect, it } from 'vitest';
import { Catalog, loadCatalog, parseComponent } from '../../../src/catalog/catalog.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { unansweredGroups } from '../../../src/engine/core/reasons.ts';
import { LdfError } from '../../../src/errors.ts';
import { contentHash } from '../../../src/plan/canonical.ts';
import { differences, shortly } from '../../../src/plan/explain.ts';
import { Faults } from '../../../src/plan/faults.ts';
import { answeringGroups, lockChanges, mergeLock, resolveParams } from '../../../src/plan/lock.ts';
import { madeWith } from '../../../src/plan/made.ts';
import { planBuild } from '../../../src/plan/plan.ts';
import { recommendedPackages } from '../../../src/plan/recommended.ts';
import type { Plan } from '../../../src/plan/types.ts';
import { wishesOf } from '../../../src/plan/wishes.ts';
import { mountPoints } from '../../../src/stages/assemble/mount-points.ts';
import type { Lock } from '../../../src/stages/lock.ts';
import type { StageName } from '../../../src/stages/names.ts';
import { imageIdentities, lockFor } from '../../fixtures/lock.ts';

const shipped = await loadCatalog('components');
const minimal = { name: 'minimal', arch: 'x86_64' };

function plan(value: object, catalog: Catalog = shipped): Plan {
  const definition = parseDefinition(value);
  const lock = lockFor(planBuild({ definition, catalog, boot: true }).wishes);
  return planBuild({ definition, catalog, boot: true, lock, images: imageIdentities });
}

function faults(value: object, catalog: Catalog = shipped) {
  try {
    planBuild({ definition: parseDefinition(value), catalog, boot: true });
  } catch (error) {
    if (error instanceof LdfError) return error.details;
    throw error;
  }
  throw new Error('the definition was accepted');
}

function keys(planned: Plan): Record<string, string | null> {
  return Object.fromEntries(planned.stages.map((stage) => [stage.name, stage.key]));
}

function changedKeys(before: object, after: object): StageName[] {
  const [old, now] = [keys(plan(before)), keys(plan(after))];
  return plan(before)
    .stages.map((stage) => stage.name)
    .filter((name) => old[name] !== now[name]);
}

describe('a plan', () => {
  it('has every stage in order, with keys for those that leave a layer', () => {
    const { stages } = plan(minimal);
    expect(stages.map((stage) => stage.name)).toEqual([
      'resolve',
      'download',
      'prepare',
      'compile',
      'assemble',
      'package',
      'boot',
    ]);
    for (const stage of stages) {
      if (stage.name === 'resolve' || stage.name === 'download') expect(stage.key).toBeNull();
      else expect(stage.key).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('is the same each time, whatever the order of keys', () => {
    const turned = { arch: 'x86_64', system: { services: {}, files: [] }, name: 'minimal' };
    expect(plan(turned)).toEqual(plan(minimal));
  });

  it('survives JSON', () => {
    const planned = plan(minimal);
    expect(JSON.parse(JSON.stringify(planned))).toEqual(planned);
  });

  it('has no keys without a lock, and no boot stage when it is not wanted', () => {
    const planned = planBuild({ definition: parseDefinition(minimal), catalog: shipped, boot: false });
    expect(planned.stages.map((stage) => stage.key)).toEqual(Array(6).fill(null));
    expect(planned.stages.find((stage) => stage.name === 'prepare')?.params).toBeNull();
  });

  it('gives another mirror the same keys', () => {
    const definition = parseDefinition(minimal);
    const lock = lockFor(planBuild({ definition, catalog: shipped, boot: true }).wishes);
    const other = structuredClone(lock);
    for (const source of other.packages?.packages ?? []) source.url = source.url.replace('mirror', 'other');
    const withLock = (used: typeof lock) =>
      keys(planBuild({ definition, catalog: shipped, boot: true, lock: used, images: imageIdentities }));
    expect(withLock(other)).toEqual(withLock(lock));
  });
});

describe('content keys', () => {
  it('let a kernel option re-run the kernel and what holds it, never the root file system', () => {
    const after = { ...minimal, kernel: { config: { options: { CONFIG_IKCONFIG: 'y' } } } };
    expect(changedKeys(minimal, after)).toEqual(['prepare', 'compile', 'package', 'boot']);
  });

  it('let a user re-run the root file system and the image, never the kernel', () => {
    const after = { ...minimal, system: { users: [{ name: 'ops' }] } };
    expect(changedKeys(minimal, after)).toEqual(['assemble', 'package', 'boot']);
  });

  it('let a format re-run packaging alone', () => {
    expect(changedKeys(minimal, { ...minimal, image: { formats: ['qcow2', 'raw'] } })).toEqual(['package', 'boot']);
  });

  it('change with the stage image', () => {
    const definition = parseDefinition(minimal);
    const lock = lockFor(planBuild({ definition, catalog: shipped, boot: true }).wishes);
    const images = { ...imageIdentities, 'kernel-builder': '9'.repeat(64) };
    const changed = planBuild({ definition, catalog: shipped, boot: true, lock, images });
    expect(
      changed.stages.filter((stage) => stage.key !== keys(plan(minimal))[stage.name]).map((stage) => stage.name),
    ).toEqual(['prepare', 'compile', 'package', 'boot']);
  });
});

describe('components', () => {
  const component = (value: object) => parseComponent({ title: 'A test component', summary: 'For a test.', ...value });

  it('are named with the near ones when unknown, all at once', () => {
    const details = faults({ ...minimal, init: 'sistemd', filesystem: 'zfs', image: { formats: ['raw', 'vhd'] } });
    expect(details).toMatchObject([
      { pointer: '/init', value: '"sistemd"', hint: 'Did you mean systemd?' },
      { pointer: '/filesystem', hint: expect.stringContaining('ext4') },
      { pointer: '/image/formats/1' },
    ]);
  });

  it('are refused on an architecture they do not support', () => {
    const catalog = shipped.with([component({ kind: 'init', name: 'pc-only', arch: ['x86_64'] })]);
    expect(faults({ name: 'a', arch: 'aarch64', init: 'pc-only' }, catalog)[0]).toMatchObject({
      pointer: '/init',
      hint: expect.stringContaining('x86_64'),
    });
  });

  it('draw in what they require, the first alternative that fits, in dependency order', () => {
    const catalog = shipped.with([
      component({ kind: 'platform', name: 'radio', provides: ['bus:radio'], requires: ['bus:base'] }),
      component({ kind: 'platform', name: 'base', provides: ['bus:base'] }),
      component({ kind: 'security', name: 'needy', requires: [['bus:none', 'bus:radio']] }),
    ]);
    const names = plan({ ...minimal, security: 'needy' }, catalog).composition.components.map(
      (entry) => entry.component.name,
    );
    expect(names.indexOf('base')).toBeLessThan(names.indexOf('radio'));
    expect(names.indexOf('radio')).toBeLessThan(names.indexOf('needy'));
  });

  it('name both parties of an unmet requirement, and the way out', () => {
    const catalog = shipped.with([
      component({ kind: 'security', name: 'nothing-has-it', requires: ['moon'] }),
      component({ kind: 'init', name: 'other', provides: ['sun'] }),
      component({ kind: 'bootloader', name: 'needs-other', use: 'systemd-boot', requires: ['sun'] }),
    ]);
    const details = faults({ ...minimal, security: 'nothing-has-it', bootloader: 'needs-other' }, catalog);
    expect(details).toMatchObject([
      { pointer: '/bootloader', hint: expect.stringContaining('init: other') },
      {
        pointer: '/security',
        message: expect.stringContaining('moon'),
        hint: expect.stringContaining('Nothing in the catalog'),
      },
    ]);
  });

  it('report conflicts with both names', () => {
    const catalog = shipped.with([component({ kind: 'security', name: 'rival', conflicts: ['init:systemd'] })]);
    const [detail] = faults({ ...minimal, security: 'rival' }, catalog);
    expect(detail).toMatchObject({ pointer: '/security' });
    expect(detail?.message).toContain('security/rival');
    expect(detail?.message).toContain('init/systemd');
  });

  it('report a circle with its members', () => {
    const catalog = shipped.with([
      component({ kind: 'platform', name: 'hen', provides: ['hen'], requires: ['egg'] }),
      component({ kind: 'platform', name: 'egg', provides: ['egg'], requires: ['hen'] }),
      component({ kind: 'security', name: 'farm', requires: ['hen'] }),
    ]);
    expect(faults({ ...minimal, security: 'farm' }, catalog)[0]?.message).toContain(
      'platform/hen → platform/egg → platform/hen',
    );
  });

  it('may not need opposite kernel options', () => {
    const catalog = shipped.with([
      component({ kind: 'security', name: 'no-net', contributes: { kernel: { options: { CONFIG_NET: 'n' } } } }),
    ]);
    expect(faults({ ...minimal, security: 'no-net' }, catalog)[0]?.message).toBe(
      'platform/linux needs CONFIG_NET=y, and security/no-net needs CONFIG_NET=n',
    );
  });
});

describe('kernel options', () => {
  const option = (value: object, symbol: string) =>
    plan(value).composition.kernelOptions.find((wanted) => wanted.symbol === symbol);
  const withOption = (symbol: string, value: string | number) => ({
    ...minimal,
    kernel: { config: { options: { [symbol]: value } } },
  });

  it('of the definition replace defaults', () => {
    expect(option(minimal, 'CONFIG_SWAP')).toMatchObject({ value: 'y', from: 'platform/linux' });
    expect(option(withOption('CONFIG_SWAP', 'n'), 'CONFIG_SWAP')).toMatchObject({ value: 'n', from: 'definition' });
  });

  it('that a component cannot work without are not taken away', () => {
    expect(faults(withOption('CONFIG_TMPFS', 'n'))).toMatchObject([
      { pointer: '/kernel/config/options/CONFIG_TMPFS', message: 'init/systemd needs CONFIG_TMPFS=y', value: '"n"' },
    ]);
  });

  it('may be modules where a module will do', () => {
    expect(option(withOption('CONFIG_EXT4_FS', 'm'), 'CONFIG_EXT4_FS')).toMatchObject({ value: 'm' });
    expect(option(minimal, 'CONFIG_EXT4_FS')).toMatchObject({ value: 'y', orModule: true });
  });
});

describe('a kernel that comes finished', () => {
  const packaged = { ...minimal, kernel: { source: 'package' } };
  const params = (value: object) => Object.fromEntries(plan(value).stages.map((stage) => [stage.name, stage.params]));

  it('is asked for by the package of its series and architecture', () => {
    const wish = (kernel: object, arch: string) => plan({ name: 'a', arch, kernel }).wishes.kernel;
    expect(wish({ source: 'package' }, 'x86_64')).toMatchObject({
      form: 'binary',
      suite: 'trixie',
      package: 'linux-image-amd64',
      version: '6.12',
    });
    expect(wish({ source: 'package', version: '6.1' }, 'aarch64')).toMatchObject({
      suite: 'bookworm',
      package: 'linux-image-arm64',
    });
    expect(wish({ source: 'package-cloud' }, 'x86_64')).toMatchObject({ package: 'linux-image-cloud-amd64' });
  });

  it('goes through the same stages, which know what it is', () => {
    const { prepare, compile, package: packaging } = params(packaged);
    expect(prepare).toMatchObject({ form: 'binary', options: expect.any(Array) });
    expect(prepare).not.toHaveProperty('base');
    expect(compile).toMatchObject({ form: 'binary' });
    expect(packaging).toMatchObject({ kernel: { form: 'binary' } });
    expect(params(minimal).prepare).toMatchObject({ form: 'source', base: 'tiny' });
  });

  it('has its configuration already', () => {
    const withBase = { ...packaged, kernel: { source: 'package', config: { base: 'defconfig' } } };
    expect(faults(withBase)).toMatchObject([
      { pointer: '/kernel/config/base', value: '"defconfig"', hint: expect.stringContaining('compiled') },
    ]);
  });

  it('may be there for one architecture only', () => {
    const catalog = shipped.with([
      parseComponent({
        ...{ kind: 'kernel', name: 'pc-kernel', title: 'PC', summary: 'For a test.' },
        kernelSeries: [{ series: '6.12', suite: 'trixie', form: 'binary', package: { x86_64: 'linux-image-amd64' } }],
      }),
    ]);
    const value = { name: 'a', arch: 'aarch64', kernel: { source: 'pc-kernel' } };
    expect(faults(value, catalog)).toMatchObject([
      { pointer: '/kernel/version', message: 'kernel/pc-kernel does not offer 6.12 for aarch64' },
    ]);
  });

  it('brings the drivers of the disks of hypervisors and machines, whatever it is compiled with', () => {
    const modules = (value: object) => params(value).package as { bootModules: { name: string; needed: boolean }[] };
    const disks = ['ata_piix', 'ahci', 'nvme', 'virtio_blk', 'virtio_scsi', 'vmw_pvscsi', 'mptspi', 'hv_storvsc'];
    const more = ['xen_blkfront', 'usb_storage', 'uas', 'xhci_pci', 'ehci_pci', 'uhci_hcd', 'mmc_block', 'sdhci_pci'];
    for (const value of [packaged, minimal])
      expect(modules(value).bootModules).toEqual(
        expect.arrayContaining([...disks, ...more].map((name) => ({ name, needed: false }))),
      );
  });

  it('adds nothing to a kernel that is compiled', () => {
    const symbols = plan(minimal).composition.kernelOptions.map(({ symbol }) => symbol);
    for (const symbol of [
      'CONFIG_VMWARE_PVSCSI',
      'CONFIG_HYPERV',
      'CONFIG_USB_STORAGE',
      'CONFIG_MMC',
      'CONFIG_ATA_PIIX',
    ])
      expect(symbols).not.toContain(symbol);
  });

  it('leaves locks of before valid', () => {
    const { wishesSha256: hash, form: _form, ...wish } = plan(minimal).wishes.kernel;
    expect(hash).toBe(contentHash(wish));
  });
});

describe('parts', () => {
  const packaging = (value: object, catalog = shipped) =>
    plan(value, catalog).stages.find(({ name }) => name === 'package')?.params;

  it('stand in the request of packaging with what each is asked for', () => {
    expect(packaging({ ...minimal, image: { formats: ['raw', 'qcow2'] } })).toMatchObject({
      layout: { use: 'disk', params: {} },
      bootLoader: { use: 'systemd-boot', params: { timeoutSeconds: 1, consoleMode: 'keep', editor: false } },
      initramfs: { use: 'minimal', params: {} },
      formats: [
        { use: 'qcow2', params: {} },
        { use: 'raw', params: {} },
      ],
      partitions: [
        { role: 'esp', fileSystem: { use: 'vfat', params: {} } },
        { role: 'root', fileSystem: { use: 'ext4', params: {} } },
      ],
    });
  });

  it('of a component of the own are asked for what it says', () => {
    const patient = parseComponent({
      ...{ kind: 'bootloader', name: 'patient', title: 'Patient', summary: 'For a test.', requires: ['firmware:uefi'] },
      ...{ use: 'systemd-boot', params: { timeoutSeconds: 60 } },
    });
    expect(packaging({ ...minimal, bootloader: 'patient' }, shipped.with([patient]))).toMatchObject({
      bootLoader: { use: 'systemd-boot', params: { timeoutSeconds: 60, consoleMode: 'keep', editor: false } },
    });
  });

  it('that make the same sort of file twice are one, and refused where they make it differently', () => {
    const again = parseComponent({ kind: 'format', name: 'again', title: 'A', summary: 'For a test.', use: 'raw' });
    const value = { ...minimal, image: { formats: ['raw', 'again'] } };
    expect(packaging(value, shipped.with([again]))).toMatchObject({ formats: [{ use: 'raw', params: {} }] });
    const other = { ...again, params: { level: 9 } };
    expect(faults(value, shipped.with([other]))).toMatchObject([
      {
        pointer: '/image/formats/1',
        message: 'format/raw and format/again both make the same sort of file, and differently',
      },
    ]);
  });
});

describe('fstab', () => {
  const params = (value: object) => Object.fromEntries(plan(value).stages.map((stage) => [stage.name, stage.params]));

  it('names the partitions of this very image: the packager fills their PARTUUIDs in', () => {
    const { assemble, package: packaging } = params(minimal);
    expect(assemble).toMatchObject({ mountPoints: ['/efi'] });
    expect(assemble).not.toHaveProperty('fstab');
    const fstab = [
      'PARTUUID={{root}} / ext4 errors=remount-ro 0 1',
      'PARTUUID={{ESP}} /efi vfat umask=0077,nofail 0 0',
    ];
    expect((packaging as { fstab: string[] }).fstab.toSorted()).toEqual(fstab.toSorted());
  });

  it('of a component must name partitions that there are', () => {
    const catalog = shipped.with([
      parseComponent({
        ...{ kind: 'security', name: 'vault', title: 'Vault', summary: 'For a test.' },
        contributes: { fstab: ['PARTUUID={{vault}} /vault ext4 defaults 0 2'] },
      }),
    ]);
    expect(faults({ ...minimal, security: 'vault' }, catalog)).toMatchObject([
      {
        message: 'security/vault mounts {{vault}}, and the image has no partition of that label',
        hint: expect.stringContaining('root, ESP'),
      },
    ]);
  });

  it('knows folders to mount on, without the root, swap and comments', () => {
    const lines = ['LABEL=root / ext4 defaults 0 1', 'LABEL=ESP /efi vfat 0 0', '/dev/sdb none swap', '# x /y'];
    expect(mountPoints(lines)).toEqual(['/efi']);
  });
});

describe('packages', () => {
  it('come with time zone, locale and sudo when the definition uses them', () => {
    const names = (value: object) => plan(value).composition.packages.map((wanted) => wanted.name);
    expect(names(minimal)).not.toContain('sudo');
    const used = names({
      ...minimal,
      system: { timezone: 'Europe/Berlin', locale: 'de_DE.UTF-8', users: [{ name: 'ops', sudo: true }] },
    });
    expect(used).toEqual(expect.arrayContaining(['locales', 'sudo', 'tzdata']));
  });

  it('asked for by the definition are blamed on it', () => {
    const { packages } = plan({ ...minimal, userland: { packages: ['udev', 'curl'] } }).composition;
    expect(packages.find((wanted) => wanted.name === 'udev')?.from).toBe('/userland/packages/0');
  });
});

describe('what components recommend', () => {
  it('is wanted beside the packages, and is part of what the lock answers', () => {
    const { packages } = plan(minimal).wishes;
    expect(packages.recommended).toContainEqual({ name: 'linux-sysctl-defaults', from: 'init/systemd' });
    expect(packages.names.map(({ name }) => name)).not.toContain('linux-sysctl-defaults');
  });

  it('is left to the definition where that names it', () => {
    const { names, recommended } = plan({ ...minimal, userland: { packages: ['netbase'] } }).wishes.packages;
    expect(names).toContainEqual({ name: 'netbase', from: '/userland/packages/0' });
    expect(recommended.map(({ name }) => name)).not.toContain('netbase');
    const wanted = [
      { name: 'vim-', from: '/userland/packages/0' },
      { name: 'git=1:2.47', from: '/userland/packages/1' },
    ];
    const contributed = ['vim', 'git', 'ed', 'ed'].map((item) => ({ item, from: 'init/x' }));
    expect(recommendedPackages(wanted, contributed)).toEqual([{ name: 'ed', from: 'init/x' }]);
  });
});

it('the network of a system leaves alone what containers and virtual machines make', () => {
  const network = plan(minimal).composition.files.find(({ path }) => path.endsWith('80-wired.network'));
  // systemd.network(5): devices of the machine itself have no kind.
  expect(network?.content).toMatch(/^\[Match\]\nType=ether\n(#.*\n)?Kind=!\*\n/);
});

describe('a lock', () => {
  const wishes = plan(minimal).wishes;
  const lock = lockFor(wishes);

  it('that answers everything leaves nothing to resolve', () => {
    expect(resolveParams(plan(minimal), lock, false)).toBeNull();
    expect(resolveParams(plan(minimal), lock, true)).toMatchObject({ previous: lock });
  });

  it('is asked of the chosen userland, and answers no other', () => {
    const { definition, composition } = plan(minimal);
    const other = { ...composition, userland: { use: 'another', params: {} } };
    expect(composition.userland).toEqual({ use: 'debian', params: {} });
    expect(resolveParams(plan(minimal), undefined, false)?.packages?.userland).toEqual(composition.userland);
    const asked = (composed: typeof composition) => wishesOf(definition, composed, new Faults()).packages.wishesSha256;
    expect(asked(composition)).toBe(wishes.packages.wishesSha256);
    expect(asked(other)).not.toBe(wishes.packages.wishesSha256);
  });

  it('is resolved anew only in the group whose part changed', () => {
    const more = resolveParams(plan({ ...minimal, userland: { packages: ['curl'] } }), lock, false);
    expect(more?.kernel).toBeNull();
    expect(more?.packages?.names.map((wanted) => wanted.name)).toContain('curl');
    expect(resolveParams(plan({ ...minimal, kernel: { version: '6.1' } }), lock, false)).toMatchObject({
      kernel: { package: 'linux-source-6.1', suite: 'bookworm' },
      packages: null,
    });
  });

  it('whose packages depend on a kernel answers only with that kernel', () => {
    const [source] = lock.kernel?.sources ?? [];
    if (!lock.packages || !source) throw new Error('the fixture has both groups');
    const packages = { ...lock.packages, kernel: { name: source.name, version: source.version } };
    expect(resolveParams(plan(minimal), { ...lock, packages }, false)).toBeNull();
    const older = { ...packages, kernel: { name: source.name, version: '0.9-1' } };
    expect(resolveParams(plan(minimal), { ...lock, packages: older }, false)).toMatchObject({ kernel: null });
    expect(resolveParams(plan(minimal), { version: 1, arch: 'x86_64', packages }, false)?.packages).toBeTruthy();
  });

  it('tells what its packages recommend, in the plan', () => {
    const left = { name: 'docker-cli', by: 'docker.io', tool: true };
    const packages = lock.packages && { ...lock.packages, leftOut: [left] };
    const { notes } = planBuild({
      ...{ definition: parseDefinition(minimal), catalog: shipped, boot: false },
      lock: { ...lock, ...(packages ? { packages } : {}) },
    });
    expect(notes).toEqual([expect.stringContaining('docker.io only recommends its command line, docker-cli')]);
    expect(plan(minimal).notes).toEqual([]);
  });

  it('of another architecture is no answer', () => {
    expect(resolveParams(plan(minimal), { ...lock, arch: 'aarch64' }, false)).toMatchObject({ previous: null });
  });

  it('of a time without boot packages is completed, and all else of it stays', () => {
    const { boot, ...old } = lock;
    if (!boot) throw new Error('the fixture has boot packages');
    const params = resolveParams(plan(minimal), old, false);
    expect(params).toMatchObject({ kernel: null, packages: null, boot: wishes.boot, previous: old });
    expect(unansweredGroups(params)).toBe('the packages to boot from');
    const merged = mergeLock('x86_64', old, { kernel: null, packages: null, boot }, undefined);
    expect(merged).toEqual(lock);
    expect(lockChanges(old, merged)).toEqual([
      { group: 'boot', name: 'busybox-static', from: null, to: '1.0-1' },
      { group: 'boot', name: 'systemd-boot-efi', from: null, to: '1.0-1' },
    ]);
  });

  it('has the boot packages that components and the initramfs state, from the suite of the userland', () => {
    expect(wishes.boot).toMatchObject({
      suite: 'trixie',
      names: [
        { name: 'busybox-static', from: 'initramfs/minimal' },
        { name: 'systemd-boot-efi', from: 'bootloader/systemd-boot' },
      ],
    });
    const older = plan({ ...minimal, userland: { suite: 'bookworm' } }).wishes.boot;
    expect(older).toMatchObject({ suite: 'bookworm' });
    expect(older?.wishesSha256).not.toBe(wishes.boot?.wishesSha256);
    expect(plan({ ...minimal, userland: { packages: ['curl'] } }).wishes.boot).toEqual(wishes.boot);
  });

  it('is asked for no boot packages where nothing wants any, and then answers without', () => {
    const { boot: _boot, ...old } = lock;
    const planned = plan(minimal);
    const without = { ...planned, wishes: { ...planned.wishes, boot: null } };
    expect(resolveParams(without, old, false)).toBeNull();
    expect(resolveParams(without, old, true)).toMatchObject({ boot: null });
    expect(answeringGroups(without.wishes, 'x86_64', old).boot).toEqual({ packages: [], sourceDate: 0 });
  });

  it('has its boot packages in the download, and by their hashes in the key of what is packaged alone', () => {
    const definition = parseDefinition(minimal);
    const planned = (locked: Lock) =>
      planBuild({ ...{ definition, catalog: shipped, boot: true }, lock: locked, images: imageIdentities });
    const other = structuredClone(lock);
    const [first] = other.boot?.packages ?? [];
    if (!first) throw new Error('the fixture has boot packages');
    first.sha256 = 'e'.repeat(64);
    const [before, after] = [planned(lock), planned(other)];
    const changed = after.stages.filter(({ name }) => keys(before)[name] !== keys(after)[name]);
    expect(changed.map(({ name }) => name)).toEqual(['package', 'boot']);
    expect(after.sources.map(({ sha256 }) => sha256)).toContain(first.sha256);
    expect(after.stages.find(({ name }) => name === 'download')?.params).toMatchObject({
      sources: after.sources,
      dates: [1_700_000_100, 1_700_000_000],
    });
    const { boot: _boot, ...old } = lock;
    expect(planned(old)).toMatchObject({ sources: [] });
    expect(planned(old).stages.find(({ name }) => name === 'package')).toMatchObject({ params: null, key: null });
    expect(keys(planned(old)).assemble).toBe(keys(before).assemble);
  });

  it('notes the stage images and components that it was made with, and a plan says which are others now', () => {
    const made = madeWith(plan(minimal), imageIdentities);
    expect(Object.keys(made.stageImages)).toEqual(['kernel-builder', 'rootfs-assembler', 'image-packager']);
    expect(Object.keys(made.components)).toContain('bootloader/systemd-boot');
    const none = { kernel: null, packages: null, boot: null };
    expect(mergeLock('x86_64', lock, none, made).made).toBeUndefined();
    const locked = mergeLock('x86_64', lock, { ...none, kernel: lock.kernel ?? null }, made);
    expect(locked.made).toEqual(made);
    const definition = parseDefinition(minimal);
    const planned = (catalog: Catalog, images: typeof imageIdentities | Record<keyof typeof imageIdentities, string>) =>
      planBuild({ ...{ definition, catalog, boot: true }, lock: locked, images });
    expect(planned(shipped, imageIdentities)).toMatchObject({ notes: [], madeOtherwise: '' });
    expect(planned(shipped, { ...imageIdentities, 'boot-tester': '9'.repeat(64) }).madeOtherwise).toBe('');
    const catalog = new Catalog(
      shipped.entries.map((entry) =>
        entry.component.name === 'systemd-boot'
          ? { ...entry, component: { ...entry.component, title: 'Another one' } }
          : entry,
      ),
    );
    const other = planned(catalog, { ...imageIdentities, 'image-packager': '9'.repeat(64) });
    expect(other.madeOtherwise).toBe(
      'it was made with another stage image image-packager and component bootloader/systemd-boot, so the images may not be the same to the byte',
    );
    expect(other.notes).toEqual([expect.stringContaining('ldf lock --update')]);
  });

  it('keeps the groups that were not resolved, and tells what moved', () => {
    const packages = structuredClone(lock.packages);
    const first = packages?.packages[0];
    if (!packages || !first) throw new Error('the fixture has packages');
    Object.assign(first, { version: '2.0-1', sha256: 'd'.repeat(64) });
    const merged = mergeLock('x86_64', lock, { kernel: null, packages, boot: null }, undefined);
    expect(merged.kernel).toEqual(lock.kernel);
    expect(lockChanges(lock, merged)).toEqual([{ group: 'packages', name: 'base-files', from: '1.0-1', to: '2.0-1' }]);
  });
});

describe('a reason', () => {
  const params = (value: object, name: StageName) => plan(value).stages.find((stage) => stage.name === name)?.params;

  it('names the option that changed', () => {
    const before = { ...minimal, kernel: { config: { options: { CONFIG_E1000: 'n' } } } };
    const after = { ...minimal, kernel: { config: { options: { CONFIG_E1000: 'm' } } } };
    expect(shortly(differences(params(before, 'prepare'), params(after, 'prepare')))).toBe(
      'kernel.config.options.CONFIG_E1000: n→m',
    );
  });

  it('names a package by its version', () => {
    const of = (version: string) => ({ packages: [{ name: 'curl', version }] });
    expect(shortly(differences(of('1'), of('2')))).toBe('packages.curl: 1→2');
    expect(shortly(differences({ packages: [] }, of('2')))).toBe('packages.curl: none→2');
  });

  it('counts what it does not name, while the comparison has everything', () => {
    const of = (value: string) => Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`a${n}`, value]));
    const all = differences(of('x'.repeat(60)), of('2'));
    expect(shortly(all)).toMatch(/^a1: x{39}…→2, a2: x{39}…→2, a3: x{39}…→2 and 2 more$/);
    expect(all).toHaveLength(5);
    expect(all[4]).toEqual({ what: 'a5', before: 'x'.repeat(60), after: '2' });
    expect(differences({ a: 1 }, { a: 1 })).toEqual([]);
  });
});

describe('the machine that images are booted on', () => {
  const bootParams = (catalog: Catalog, names: readonly string[]) => {
    const definition = parseDefinition(minimal);
    const lock = lockFor(planBuild({ definition, catalog, boot: true }).wishes);
    const [sample] = lock.packages?.packages ?? [];
    if (!sample) throw new Error('the lock has no package');
    lock.packages?.packages.push(...names.map((name) => ({ ...sample, name })));
    const { stages } = planBuild({ definition, catalog, boot: true, lock, images: imageIdentities });
    return stages.find((stage) => stage.name === 'boot')?.params;
  };

  it('has a screen and more memory where a package in the lock wants them, and not otherwise', () => {
    expect(bootParams(shipped, [])).toMatchObject({ display: false, memoryMiB: 1024 });
    expect(bootParams(shipped, ['lightdm'])).toMatchObject({ display: true, memoryMiB: 2048 });
  });

  it('has the most of what several rules want', () => {
    const rules = [
      { packages: ['big'], memoryMiB: 4096 },
      { packages: ['big', 'seen'], screen: true },
      { packages: ['huge'], memoryMiB: 8192 },
    ];
    const userland = parseComponent({
      ...{ kind: 'userland', name: 'test', title: 'A test component', summary: 'For a test.', suites: ['trixie'] },
      contributes: { machine: rules },
    });
    const catalog = new Catalog([
      ...shipped.entries.filter(({ component: { kind } }) => kind !== 'userland'),
      { component: { ...userland, name: 'debian' }, origin: 'shipped' },
    ]);
    expect(bootParams(catalog, ['big'])).toMatchObject({ display: true, memoryMiB: 4096 });
  });
});
