import { describe, expect, it } from 'vitest';
import { parseComponent } from '../../../src/catalog/catalog.ts';
import { optionPointer } from '../../../src/definition/kernel-symbol.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { LdfError } from '../../../src/errors.ts';
import { answeringGroups, mergeLock, resolveParams } from '../../../src/plan/lock.ts';
import { planBuild } from '../../../src/plan/plan.ts';
import { fromComponent, fromDefinition } from '../../../src/stages/origin.ts';
import { lockFor } from '../../fixtures/lock.ts';
import { minimal, plan, problems, shipped } from './planning.ts';

describe('kernel options', () => {
  const option = (value: object, symbol: string) =>
    plan(value).composition.kernelOptions.find((wanted) => wanted.symbol === symbol);
  const withOption = (symbol: string, value: string | number) => ({
    ...minimal,
    kernel: { config: { options: { [symbol]: value } } },
  });

  it('of the definition replace defaults', () => {
    expect(option(minimal, 'CONFIG_SWAP')).toMatchObject({ value: 'y', from: fromComponent('platform/linux') });
    expect(option(withOption('CONFIG_SWAP', 'n'), 'CONFIG_SWAP')).toMatchObject({
      value: 'n',
      strength: 'required',
      from: fromDefinition('/kernel/config/options/CONFIG_SWAP'),
    });
  });

  it('that a component cannot work without are not taken away', () => {
    expect(problems(withOption('CONFIG_TMPFS', 'n'))).toMatchObject([
      { pointer: '/kernel/config/options/CONFIG_TMPFS', message: 'init/systemd needs CONFIG_TMPFS=y', value: '"n"' },
    ]);
  });

  it('may be modules where a module will do', () => {
    expect(option(withOption('CONFIG_EXT4_FS', 'm'), 'CONFIG_EXT4_FS')).toMatchObject({ value: 'm' });
    expect(option(minimal, 'CONFIG_EXT4_FS')).toMatchObject({ value: 'y', orModule: true });
  });
});

describe('what a configuration starts from', () => {
  const withBase = (base: string, more: object = {}) => ({ ...minimal, kernel: { config: { base }, ...more } });
  const prepare = (value: object) => plan(value).stages.find(({ name }) => name === 'prepare')?.params;

  it('may be what the kernel source brings, which it is told of', () => {
    const config = { package: 'linux-config-6.12', file: 'config.amd64_none_amd64.xz' };
    const params = { suite: 'trixie', package: 'linux-source-6.12', config };
    expect(plan(withBase('debian')).wishes.kernel.source).toEqual({ use: 'debian-source', params });
    expect(prepare(withBase('debian'))).toMatchObject({ base: 'source', source: { params } });
    expect(plan({ ...withBase('debian-cloud', { version: '6.1' }), arch: 'aarch64' }).wishes.kernel.source).toEqual({
      ...{ use: 'debian-source' },
      params: {
        ...{ suite: 'bookworm', package: 'linux-source-6.1' },
        config: { package: 'linux-config-6.1', file: 'config.arm64_none_cloud-arm64.xz' },
      },
    });
  });

  it('asks the lock for nothing more where every source has it', () => {
    const { wishesSha256 } = plan(minimal).wishes.kernel;
    expect(plan(withBase('defconfig')).wishes.kernel.wishesSha256).toBe(wishesSha256);
    expect(plan(withBase('debian')).wishes.kernel.wishesSha256).not.toBe(wishesSha256);
    expect(prepare(withBase('defconfig'))).toMatchObject({ base: 'defconfig' });
  });

  it('is refused where the source does not bring it, with what there is', () => {
    expect(problems(withBase('fedora'))).toMatchObject([
      {
        pointer: '/kernel/config/base',
        value: '"fedora"',
        hint: 'Choose debian, debian-cloud, tiny, defconfig, or the text of a .config.',
      },
    ]);
    expect(problems(withBase('debian', { source: 'package' }))).toMatchObject([
      { pointer: '/kernel/config/base', value: '"debian"', hint: expect.stringContaining('compiled') },
    ]);
  });
});

describe('fragments', () => {
  const fragment = (name: string, content: string) => ({ name, content });
  const withFragments = (fragments: object[], options: object = {}) => ({
    ...minimal,
    kernel: { config: { fragments, options } },
  });
  const refused = (content: string) => {
    try {
      parseDefinition(withFragments([fragment('a.config', content)]));
    } catch (error) {
      if (error instanceof LdfError) return error.details;
      throw error;
    }
    throw new Error('the definition was accepted');
  };

  it('are options that have to hold: a later one counts before an earlier one, and options before all', () => {
    const a = fragment('a.config', '# mine\nCONFIG_SWAP=y\nCONFIG_CRC7=m\nCONFIG_LOCALVERSION="-a \\"b\\""\n');
    const b = fragment('b.config', '# CONFIG_SWAP is not set\r\nCONFIG_CRC7=y\r\n');
    const wanted = plan(withFragments([a, b], { CONFIG_CRC7: 'n' })).composition.kernelOptions;
    const option = (symbol: string) => wanted.find((one) => one.symbol === symbol);
    const from = (index: number) => fromDefinition(`/kernel/config/fragments/${index}/content`);
    expect(option('CONFIG_SWAP')).toMatchObject({ value: 'n', strength: 'required', from: from(1) });
    expect(option('CONFIG_LOCALVERSION')).toMatchObject({ value: '-a "b"', from: from(0) });
    expect(option('CONFIG_CRC7')).toMatchObject({ value: 'n', from: fromDefinition(optionPointer('CONFIG_CRC7')) });
  });

  it('take nothing away that a component cannot work without', () => {
    expect(problems(withFragments([fragment('a.config', '# CONFIG_TMPFS is not set')]))).toMatchObject([
      { pointer: '/kernel/config/fragments/0/content', message: 'init/systemd needs CONFIG_TMPFS=y' },
    ]);
  });

  it('are refused with the line that no .config has', () => {
    const pointer = '/kernel/config/fragments/0/content';
    expect(refused('CONFIG_A=y\nCONFIG_B: y\nB=n\n')).toMatchObject([
      { pointer, message: expect.stringMatching(/^line 2 is .*CONFIG_B: y.*more like it: 1/) },
    ]);
    expect(refused(`CONFIG_${'A'.repeat(200)}=y`)).toMatchObject([{ pointer }]);
    const many = Array.from({ length: 2001 }, (_, index) => `CONFIG_A${index}=y`).join('\n');
    expect(refused(many)).toMatchObject([{ pointer, message: expect.stringContaining('kernel.config.base') }]);
    expect(() => parseDefinition(withFragments([fragment('a', ''), fragment('a', '')]))).toThrow(
      expect.objectContaining({ details: [expect.objectContaining({ pointer: '/kernel/config/fragments/1/name' })] }),
    );
  });
});

describe('patches', () => {
  const patches = [
    { name: 'b.patch', content: 'b' },
    { name: 'a.patch', content: 'a' },
  ];
  const of = (value: object) => Object.fromEntries(plan(value).stages.map((stage) => [stage.name, stage.params]));

  it('go to the stage that makes the source ready, in their order, and into the papers', () => {
    const planned = of({ ...minimal, kernel: { patches } });
    expect(planned.prepare).toMatchObject({ patches });
    expect(planned.package).toMatchObject({ kernel: { patches } });
    expect(of(minimal).prepare).not.toHaveProperty('patches');
  });

  it('may be files, which the lock notes once and the store keeps', () => {
    const [url, sha256] = ['https://files.example/a/0001-fix.patch', 'f'.repeat(64)];
    const value = { ...minimal, kernel: { patches: [...patches, { url, sha256 }] } };
    const planned = of(value);
    const applied = [...patches, { name: '0001-fix.patch', sha256 }];
    expect(planned.prepare).toMatchObject({ patches: applied });
    expect(planned.package).toMatchObject({ kernel: { patches: applied } });
    const pointer = '/kernel/patches/2/sha256';
    expect(planned.download).toMatchObject({
      sources: expect.arrayContaining([expect.objectContaining({ url, sha256, pointer })]),
    });
  });

  it('that are files are looked up when the lock does not know them; the kernel stays', () => {
    const file = (name: string, digit: string) => ({ url: `https://files.example/${name}`, sha256: digit.repeat(64) });
    const definition = (...files: object[]) => parseDefinition({ ...minimal, kernel: { patches: files } });
    const planned = (...files: object[]) =>
      planBuild({ definition: definition(...files), catalog: shipped, boot: false });
    const lock = lockFor(planned(file('a.patch', 'a')).wishes);
    const both = planned(file('a.patch', 'a'), file('b.patch', 'b'));
    expect(resolveParams(both, lock, false)).toMatchObject({
      ...{ kernel: null, packages: null, boot: null, previous: lock },
      patches: [
        { name: 'a.patch', pointer: '/kernel/patches/0/url' },
        { name: 'b.patch', pointer: '/kernel/patches/1/url' },
      ],
    });
    const none = { kernel: null, packages: null, boot: null };
    const merged = mergeLock('x86_64', lock, { ...none, patches: lockFor(both.wishes).patches }, undefined);
    expect(resolveParams(both, merged, false)).toBeNull();
    // The same file elsewhere: nobody is asked, and it is fetched from there.
    const moved = planned(file('moved/a.patch', 'a'));
    expect(answeringGroups(moved.wishes, 'x86_64', merged).patches).toMatchObject([
      { url: 'https://files.example/moved/a.patch', sizeBytes: 1000 },
    ]);
  });

  it.each([
    [{ name: 'a.patch' }, ['/content']],
    [{ content: 'a' }, ['/name']],
    [{ url: 'https://files.example/a.patch' }, ['/sha256']],
    [{ url: 'https://files.example/', sha256: 'a'.repeat(64) }, ['/name']],
    [{ name: 'a.patch', content: 'a', url: 'https://files.example/a', sha256: 'a'.repeat(64) }, ['/url', '/sha256']],
  ])('%j says what is missing or too much', (patch, keys) => {
    const pointers = keys.map((key) => `/kernel/patches/0${key}`);
    expect(() => parseDefinition({ ...minimal, kernel: { patches: [patch] } })).toThrow(
      expect.objectContaining({ details: pointers.map((pointer) => expect.objectContaining({ pointer })) }),
    );
  });

  it('change no kernel that is finished, and have a name each', () => {
    expect(problems({ ...minimal, kernel: { source: 'package', patches } })).toMatchObject([
      { pointer: '/kernel/patches/0', value: '"b.patch"', hint: expect.stringContaining('kernel.source') },
      { pointer: '/kernel/patches/1', value: '"a.patch"' },
    ]);
    const twice = { ...minimal, kernel: { patches: [patches[0], patches[0]] } };
    expect(() => parseDefinition(twice)).toThrow(
      expect.objectContaining({ details: [expect.objectContaining({ pointer: '/kernel/patches/1/name' })] }),
    );
  });
});

describe('a kernel from an address', () => {
  const sha256 = 'a'.repeat(64);
  const url = 'https://files.example/pub/linux-6.12.40.tar.xz';
  const at = (kernel: object) => ({ ...minimal, kernel: { source: 'url', ...kernel } });

  it('is asked for by the address and the hash, and has the version in its name', () => {
    const { wishes, stages } = plan(at({ url, sha256 }));
    expect(wishes.kernel).toMatchObject({ source: { use: 'url', params: { url, sha256 } }, version: '6.12.40' });
    expect(plan(at({ url, sha256, version: '6.12' })).wishes.kernel).toMatchObject({ version: '6.12' });
    // What compiles it is told of the file by the lock: the same file from elsewhere is compiled once.
    expect(stages.find(({ name }) => name === 'prepare')?.params).toMatchObject({ source: { use: 'url', params: {} } });
  });

  it('needs both, and a version where the address has none', () => {
    expect(problems(at({}))).toMatchObject([
      { pointer: '/kernel/url', hint: expect.stringContaining('kernel.sha256') },
      { pointer: '/kernel/sha256' },
      { pointer: '/kernel/version' },
    ]);
    expect(problems(at({ url: 'https://files.example/linux.tar.xz', sha256 }))).toMatchObject([
      { pointer: '/kernel/version', hint: expect.stringContaining('6.12') },
    ]);
  });

  it('is told of nothing by other sources', () => {
    expect(problems({ ...minimal, kernel: { url, sha256 } })).toMatchObject([
      { pointer: '/kernel/url', message: 'kernel/debian takes no url', value: JSON.stringify(url) },
      { pointer: '/kernel/sha256', hint: expect.stringContaining('kernel.source') },
    ]);
  });

  it('may be a component of its own, which says where it is', () => {
    const component = { kind: 'kernel', name: 'ours', title: 'Ours', summary: 'For a test.', use: 'url' };
    const catalog = shipped.with([
      parseComponent({ ...component, kernelSeries: [{ series: '6.12', params: { url, sha256 } }] }),
    ]);
    expect(plan({ ...minimal, kernel: { source: 'ours' } }, catalog).wishes.kernel).toMatchObject({
      source: { params: { url, sha256 } },
    });
    expect(() =>
      parseComponent({ ...component, kernelSeries: [{ series: '6.12', params: { url: 'files' } }] }),
    ).toThrow(LdfError);
  });

  it('names its place to the stage that fetches the file of that hash', () => {
    const { stages } = plan(at({ url, sha256 }));
    expect(stages.find(({ name }) => name === 'download')?.params).toMatchObject({
      sources: expect.arrayContaining([expect.objectContaining({ sha256, pointer: '/kernel/sha256' })]),
    });
  });
});

describe('a release of the upstream project', () => {
  const upstream = (version?: string) => ({
    ...minimal,
    kernel: { source: 'kernel.org', ...(version ? { version } : {}) },
  });

  it('is of any series, the long-term one where none is named', () => {
    expect(plan(upstream()).wishes.kernel).toMatchObject({ source: { use: 'kernel-org' }, version: '6.12' });
    expect(plan(upstream('6.18.2')).wishes.kernel).toMatchObject({ source: { use: 'kernel-org' }, version: '6.18.2' });
  });

  it('is compiled once, whichever mirrors and keys it was chosen by', () => {
    const { stages } = plan(upstream('6.12.30'));
    expect(stages.find(({ name }) => name === 'prepare')?.params).toMatchObject({
      source: { use: 'kernel-org', params: {} },
    });
  });
});

describe('a kernel from a repository', () => {
  const url = 'https://git.example/linux-6.12.y.git';
  const commit = 'a'.repeat(40);
  const publicKey = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n';
  const at = (kernel: object) => ({ ...minimal, kernel: { source: 'git', url, ...kernel } });

  it('is a commit, or a tag with the key that signs it', () => {
    expect(plan(at({ commit })).wishes.kernel).toMatchObject({
      source: { use: 'git', params: { url, commit } },
      version: '6.12',
    });
    const { wishes, stages } = plan(at({ tag: 'v6.12.30', publicKey }));
    expect(wishes.kernel).toMatchObject({ source: { params: { tag: 'v6.12.30', publicKey } }, version: '6.12.30' });
    expect(stages.find(({ name }) => name === 'prepare')?.params).toMatchObject({ source: { use: 'git', params: {} } });
  });

  it.each([
    [{}, ['/kernel/commit', '/kernel/publicKey']],
    [{ tag: 'v6.12.30' }, ['/kernel/publicKey']],
    [{ commit, url: undefined }, ['/kernel/url', '/kernel/version']],
    [{ commit, sha256: 'b'.repeat(64) }, ['/kernel/sha256']],
  ])('%j lacks something, or has too much', (kernel, pointers) => {
    expect(problems(at(kernel)).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it.each([
    ['commit', 'abc123'],
    ['tag', '--upload-pack=x'],
    ['tag', 'a..b'],
    ['publicKey', 'a key'],
  ])('takes no %s %s', (key, value) => {
    expect(() => parseDefinition(at({ [key]: value }))).toThrow(
      expect.objectContaining({ details: [expect.objectContaining({ pointer: `/kernel/${key}` })] }),
    );
  });
});

describe('a kernel that comes finished', () => {
  const packaged = { ...minimal, kernel: { source: 'package' } };
  const params = (value: object) => Object.fromEntries(plan(value).stages.map((stage) => [stage.name, stage.params]));

  it('is asked for by the package of its series and architecture', () => {
    const wish = (kernel: object, arch: string) => plan({ name: 'a', arch, kernel }).wishes.kernel;
    expect(wish({ source: 'package' }, 'x86_64')).toMatchObject({
      source: { use: 'debian-binary', params: { suite: 'trixie', package: 'linux-image-amd64' } },
      version: '6.12',
    });
    expect(wish({ source: 'package', version: '6.1' }, 'aarch64')).toMatchObject({
      source: { params: { suite: 'bookworm', package: 'linux-image-arm64' } },
    });
    expect(wish({ source: 'package-cloud' }, 'x86_64')).toMatchObject({
      source: { params: { package: 'linux-image-cloud-amd64' } },
    });
  });

  it('goes through the same stages, which know what it is', () => {
    const { prepare, compile, package: packaging } = params(packaged);
    expect(prepare).toMatchObject({ form: 'binary', source: { use: 'debian-binary' }, options: expect.any(Array) });
    expect(prepare).not.toHaveProperty('base');
    expect(compile).toEqual({ form: 'binary', sourceDate: expect.any(Number) });
    expect(packaging).toMatchObject({ kernel: { form: 'binary' } });
    const toolchain = { use: 'gcc', params: {} };
    const source = { use: 'debian-source', params: { suite: 'trixie', package: 'linux-source-6.12' } };
    expect(params(minimal).prepare).toMatchObject({ form: 'source', source, toolchain, base: 'tiny' });
    expect(params(minimal).compile).toMatchObject({ form: 'source', toolchain });
  });

  it('has its configuration already', () => {
    const withBase = { ...packaged, kernel: { source: 'package', config: { base: 'defconfig' } } };
    expect(problems(withBase)).toMatchObject([
      { pointer: '/kernel/config/base', value: '"defconfig"', hint: expect.stringContaining('compiled') },
    ]);
  });

  it('may be there for one architecture only', () => {
    const catalog = shipped.with([
      parseComponent({
        ...{ kind: 'kernel', name: 'pc-kernel', title: 'PC', summary: 'For a test.' },
        use: 'debian-binary',
        kernelSeries: [{ series: '6.12', params: { suite: 'trixie', package: { x86_64: 'linux-image-amd64' } } }],
      }),
    ]);
    const value = { name: 'a', arch: 'aarch64', kernel: { source: 'pc-kernel' } };
    expect(problems(value, catalog)).toMatchObject([
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

  it('needs no compiler where the kernel is finished, which is known before the lock is', () => {
    const imagesOf = (value: object) => {
      const definition = parseDefinition(value);
      const draft = planBuild({ definition, catalog: shipped, boot: true });
      return [draft, plan(value)].map(({ stages }) =>
        Object.fromEntries(stages.map(({ name, image }) => [name, image])),
      );
    };
    for (const images of imagesOf(packaged))
      expect(images).toMatchObject({ prepare: 'image-packager', compile: 'image-packager' });
    for (const images of imagesOf(minimal))
      expect(images).toMatchObject({ prepare: 'kernel-builder', compile: 'kernel-builder' });
  });

  it('has the drivers of real machines where the definition asks for them', () => {
    const options = (hardware: string[]) =>
      new Map(plan({ ...minimal, hardware }).composition.kernelOptions.map(({ symbol, from }) => [symbol, from]));
    for (const symbol of ['CONFIG_USB_STORAGE', 'CONFIG_USB_HID', 'CONFIG_E1000E', 'CONFIG_FB_EFI']) {
      expect(options([]).has(symbol)).toBe(false);
      expect(options(['real-machines']).get(symbol)).toEqual(fromComponent('platform/real-machines'));
    }
    expect(options(['other-hypervisors']).get('CONFIG_HYPERV_STORAGE')).toEqual(
      fromComponent('platform/other-hypervisors'),
    );
  });

  it('is told which hardware there is where the definition names one that there is not', () => {
    expect(problems({ ...minimal, hardware: ['virtio', 'real-machine'] })).toMatchObject([
      { pointer: '/hardware/1', value: '"real-machine"', hint: 'Did you mean real-machines?' },
    ]);
    expect(() => parseDefinition({ ...minimal, hardware: ['virtio', 'virtio'] })).toThrow(LdfError);
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
    const hashOf = (value: object) => plan(value).wishes.kernel.wishesSha256;
    // {"package":"linux-source-6.12","suite":"trixie","version":"6.12"}
    expect(hashOf(minimal)).toBe('11191825c23f925f38ff5990a475ad6229a26343dc7efba57abbf4fb4a5c7561');
    // {"form":"binary","package":"linux-image-amd64","suite":"trixie","version":"6.12"}
    expect(hashOf(packaged)).toBe('cfe1dc18db95c8f400d8fce8d2f924bd0d613327abfb88c2c995ae7697161168');
  });
});

describe('device trees', () => {
  const board = (name: string, ...deviceTrees: string[]) =>
    parseComponent({
      ...{ kind: 'platform', name, title: 'A board', summary: 'For a test.' },
      contributes: { kernel: { deviceTrees } },
    });
  const catalog = shipped.with([board('one', 'acme/a.dtb', 'acme/b.dtb'), board('two', 'acme/b.dtb', 'acme/c.dtb')]);
  const compile = (value: object) =>
    plan(value, catalog).stages.find(({ name }) => name === 'compile')?.params as object;

  it('are made when a component asks for them, each once; and else the kernel is what it was', () => {
    expect(compile({ ...minimal, hardware: ['one', 'two'] })).toMatchObject({
      deviceTrees: ['acme/a.dtb', 'acme/b.dtb', 'acme/c.dtb'],
    });
    expect(compile(minimal)).not.toHaveProperty('deviceTrees');
  });

  it('are taken from a kernel that is finished, and refused where the name leads elsewhere', () => {
    expect(compile({ ...minimal, hardware: ['two'], kernel: { source: 'package' } })).toMatchObject({
      form: 'binary',
      deviceTrees: ['acme/b.dtb', 'acme/c.dtb'],
    });
    for (const name of ['../a.dtb', 'a/../b.dtb', '/a.dtb', 'a.dts', '-f.dtb'])
      expect(() => board('bad', name), name).toThrow('The component has');
  });
});

describe('what a kernel is compiled with', () => {
  const compiledWith = (toolchain: string, more: object = {}) => ({ ...minimal, kernel: { toolchain, ...more } });
  const stage = (value: object, name: string) => plan(value).stages.find((one) => one.name === name);
  const usual = 'kernel-builder';

  it('is GCC where nothing is said, and has a stage image of its own where it is large', () => {
    expect(stage(minimal, 'compile')).toMatchObject({
      image: usual,
      params: { toolchain: { use: 'gcc', params: {} } },
    });
    for (const name of ['prepare', 'compile'])
      expect(stage(compiledWith('llvm'), name)).toMatchObject({
        ...{ image: 'kernel-builder-llvm', params: { toolchain: { use: 'llvm', params: {} } } },
      });
    const images = new Set(plan(minimal).stages.map(({ image }) => image));
    expect(images).toContain(usual);
    expect(images).not.toContain('kernel-builder-llvm');
  });

  it('is in the keys of both stages, for either architecture', () => {
    for (const arch of ['x86_64', 'aarch64'])
      for (const name of ['prepare', 'compile'])
        expect(stage({ ...compiledWith('llvm'), arch }, name)?.image).toBe('kernel-builder-llvm');
    for (const name of ['prepare', 'compile'])
      expect(stage(compiledWith('llvm'), name)?.key).not.toBe(stage(minimal, name)?.key);
    expect(stage(compiledWith('gcc'), 'compile')?.key).toBe(stage(minimal, 'compile')?.key);
  });

  it('may optimise across files, which is an option that has to hold', () => {
    const option = (toolchain: string) =>
      plan(compiledWith(toolchain)).composition.kernelOptions.find(({ symbol }) => symbol === 'CONFIG_LTO_CLANG_THIN');
    expect(option('llvm-thinlto')).toMatchObject({ value: 'y', strength: 'required' });
    expect(option('llvm')).toBeUndefined();
  });

  it('is refused where there is no such, and for a kernel that is finished', () => {
    expect(problems(compiledWith('lvm'))).toMatchObject([
      { pointer: '/kernel/toolchain', value: '"lvm"', hint: 'Did you mean llvm?' },
    ]);
    expect(problems(compiledWith('llvm', { source: 'package' }))).toMatchObject([
      { pointer: '/kernel/toolchain', value: '"llvm"', hint: expect.stringContaining('compiled') },
    ]);
    expect(stage({ ...minimal, kernel: { source: 'package' } }, 'compile')?.image).toBe('image-packager');
  });
});
