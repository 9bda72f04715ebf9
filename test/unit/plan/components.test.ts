import { describe, expect, it } from 'vitest';
import { parseComponent } from '../../../src/catalog/catalog.ts';
import { mountPoints } from '../../../src/stages/assemble/mount-points.ts';
import { minimal, plan, problems, shipped } from './planning.ts';

describe('components', () => {
  const component = (value: object) => parseComponent({ title: 'A test component', summary: 'For a test.', ...value });

  it('are named with the near ones when unknown, all at once', () => {
    const details = problems({ ...minimal, init: 'sistemd', filesystem: 'hammer', image: { formats: ['raw', 'vdi'] } });
    expect(details).toMatchObject([
      { pointer: '/init', value: '"sistemd"', hint: 'Did you mean systemd?' },
      { pointer: '/filesystem', hint: expect.stringContaining('ext4') },
      { pointer: '/image/formats/1' },
    ]);
  });

  it('are refused on an architecture they do not support', () => {
    const catalog = shipped.with([component({ kind: 'init', name: 'pc-only', arch: ['x86_64'] })]);
    expect(problems({ name: 'a', arch: 'aarch64', init: 'pc-only' }, catalog)[0]).toMatchObject({
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
    const details = problems({ ...minimal, security: 'nothing-has-it', bootloader: 'needs-other' }, catalog);
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
    const [detail] = problems({ ...minimal, security: 'rival' }, catalog);
    expect(detail).toMatchObject({ pointer: '/security' });
    expect(detail?.message).toContain('security/rival');
    expect(detail?.message).toContain('init/systemd');
  });

  it('may be several of kind security, by one name or by a list, which come to the same', () => {
    const stages = (security: unknown) => JSON.stringify(plan({ ...minimal, security }).stages);
    expect(stages(['apparmor'])).toBe(stages('apparmor'));
    const { composition } = plan({ ...minimal, security: ['apparmor', 'hardening'] });
    const names = composition.components.map(({ component }) => component.name);
    expect(names).toEqual(expect.arrayContaining(['apparmor', 'hardening']));
    expect(composition.cmdline.map(({ word }) => word)).toEqual(
      expect.arrayContaining(['security=apparmor', 'slab_nomerge']),
    );
    expect(composition.signs.questions?.map(({ what }) => what)).toHaveLength(5);
  });

  it('of kind security that exclude each other are refused, each at its place', () => {
    expect(problems({ ...minimal, security: ['selinux', 'apparmor'] })).toMatchObject([
      {
        pointer: '/security/0',
        value: '"selinux"',
        message: expect.stringContaining('security/apparmor'),
        hint: 'Choose another for one of the two.',
      },
      { pointer: '/security/1', value: '"apparmor"', message: expect.stringContaining('security/selinux') },
    ]);
    expect(problems({ ...minimal, security: ['hardening', 'none', 'apparmor'] })).toMatchObject([
      { pointer: '/security/1', message: expect.stringContaining('mandatory-access-control') },
    ]);
    expect(problems({ ...minimal, security: ['hardening', 'selinx'] })).toMatchObject([
      { pointer: '/security/1', hint: 'Did you mean selinux?' },
    ]);
  });

  it('that label files have the packager do it, and other definitions are planned as ever', () => {
    const params = (security: unknown) =>
      plan({ ...minimal, security }).stages.find(({ name }) => name === 'package')?.params;
    expect(params('selinux')).toMatchObject({ labels: { use: 'selinux', params: { policy: 'default' } } });
    expect(params('none')).not.toHaveProperty('labels');
  });

  it('that label files are one at most', () => {
    const catalog = shipped.with([
      component({ kind: 'security', name: 'first', contributes: { labels: 'selinux' } }),
      component({ kind: 'security', name: 'second', contributes: { labels: 'selinux' } }),
    ]);
    expect(problems({ ...minimal, security: ['first', 'second'] }, catalog)).toMatchObject([
      {
        message: 'security/first and security/second both label files',
        hint: expect.stringContaining('one of the two'),
      },
    ]);
  });

  it('that label files are refused where / is a layer in memory', () => {
    expect(problems({ ...minimal, security: 'selinux', filesystem: 'erofs' })).toMatchObject([
      { pointer: '/filesystem', value: '"erofs"', hint: expect.stringContaining('can be written to') },
    ]);
    const partitions = [
      { role: 'esp', size: '64M' },
      { mount: '/', filesystem: 'squashfs', size: 'auto' },
    ];
    expect(problems({ ...minimal, security: 'selinux', image: { partitions } })).toMatchObject([
      { pointer: '/image/partitions/1/filesystem', value: '"squashfs"' },
    ]);
    expect(problems({ ...minimal, security: ['selinux'], image: { formats: ['raw', 'iso'] } })).toMatchObject([
      { pointer: '/security/0', message: expect.stringContaining('format/iso (/image/formats/1)') },
    ]);
  });

  it('that need systemd are refused with another init', () => {
    expect(problems({ ...minimal, security: 'selinux', init: 'openrc' })).toMatchObject([
      {
        pointer: '/security',
        message: expect.stringContaining('init:systemd'),
        hint: expect.stringContaining('init: systemd'),
      },
    ]);
  });

  it('report a circle with its members', () => {
    const catalog = shipped.with([
      component({ kind: 'platform', name: 'hen', provides: ['hen'], requires: ['egg'] }),
      component({ kind: 'platform', name: 'egg', provides: ['egg'], requires: ['hen'] }),
      component({ kind: 'security', name: 'farm', requires: ['hen'] }),
    ]);
    expect(problems({ ...minimal, security: 'farm' }, catalog)[0]?.message).toContain(
      'platform/hen → platform/egg → platform/hen',
    );
  });

  it('may not need opposite kernel options', () => {
    const catalog = shipped.with([
      component({ kind: 'security', name: 'no-net', contributes: { kernel: { options: { CONFIG_NET: 'n' } } } }),
    ]);
    expect(problems({ ...minimal, security: 'no-net' }, catalog)[0]?.message).toBe(
      'platform/linux needs CONFIG_NET=y, and security/no-net needs CONFIG_NET=n',
    );
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
    const again = parseComponent({ kind: 'format', name: 'again', title: 'A', summary: 'For a test.', use: 'qcow2' });
    const value = { ...minimal, image: { formats: ['qcow2', 'again'] } };
    expect(packaging(value, shipped.with([again]))).toMatchObject({ formats: [{ use: 'qcow2', params: {} }] });
    const other = { ...again, params: { compression: 'zstd' } };
    expect(problems(value, shipped.with([other]))).toMatchObject([
      {
        pointer: '/image/formats/1',
        message: 'format/qcow2 and format/again both make the same sort of file, and differently',
      },
    ]);
  });

  it('of a format are asked for what the definition says over its component', () => {
    const quick = parseComponent({
      ...{ kind: 'format', name: 'quick', title: 'Q', summary: 'For a test.' },
      ...{ use: 'qcow2', params: { compression: 'none' } },
    });
    const formatsFor = (...formats: unknown[]) => packaging({ ...minimal, image: { formats } }, shipped.with([quick]));
    expect(
      formatsFor({ format: 'qcow2', compression: 'zstd' }, { format: 'raw', compress: 'xz' }, 'raw'),
    ).toMatchObject({
      formats: [
        { use: 'qcow2', params: { compression: 'zstd' } },
        { use: 'raw', params: {} },
        { use: 'raw', params: {}, compress: 'xz' },
      ],
    });
    expect(formatsFor('quick')).toMatchObject({ formats: [{ use: 'qcow2', params: { compression: 'none' } }] });
    expect(formatsFor({ format: 'quick', compression: 'zlib' })).toMatchObject({
      formats: [{ use: 'qcow2', params: { compression: 'zlib' } }],
    });
  });

  it('of a format are refused where they stand, with what it takes', () => {
    const formats = [
      { format: 'qcow2', compression: 'lzo' },
      { format: 'raw', compresion: 'zstd' },
    ];
    expect(problems({ ...minimal, image: { formats } })).toMatchObject([
      {
        pointer: '/image/formats/0/compression',
        value: '"lzo"',
        message: expect.stringContaining('format/qcow2'),
        hint: 'Use one of: zlib, zstd, none.',
      },
      { pointer: '/image/formats/1/compresion', value: '"zstd"', hint: expect.stringContaining('it takes none') },
    ]);
  });

  it('of a format that may make one file twice are refused', () => {
    const formats = ['raw', { format: 'raw', compress: 'zstd' }];
    expect(problems({ ...minimal, image: { formats, compression: 'zstd' } })).toMatchObject([
      { pointer: '/image/formats/1', hint: expect.stringContaining('compress') },
    ]);
  });
});

describe('partitions', () => {
  const root = '4f68bce3-e8cd-4db1-96e7-fbcaf984b709';
  const typesOf = (value: object, ...contributed: object[]) => {
    const catalog = shipped.with([
      parseComponent({
        ...{ kind: 'security', name: 'more', title: 'More', summary: 'For a test.' },
        contributes: { partitions: contributed.map((one) => ({ size: '64M', fileSystem: 'ext4', ...one })) },
      }),
    ]);
    return plan({ ...value, security: 'more' }, catalog).composition.partitions.map(({ role, typeGuid }) => [
      role,
      typeGuid,
    ]);
  };

  it('have the type of their role and of the architecture', () => {
    const esp = ['esp', 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b'];
    expect(typesOf(minimal)).toEqual([esp, ['root', root]]);
    expect(typesOf({ ...minimal, arch: 'aarch64' })).toEqual([esp, ['root', 'b921b045-1df0-41c3-af44-4c6f280d3fae']]);
    const more = typesOf(minimal, { role: 'home', label: 'home' }, { role: 'constructor', label: 'odd' });
    expect(Object.fromEntries(more)).toMatchObject({
      home: '933ac7e1-2eb4-4f13-b844-0e14e2aef915',
      constructor: '0fc63daf-8483-4772-8e79-3d69d8477de4',
    });
  });

  it('have the type that their component says, as those of before did', () => {
    const typeGuid = 'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7';
    expect(typesOf(minimal, { role: 'data', label: 'data', typeGuid })).toContainEqual(['data', typeGuid]);
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
    expect(problems({ ...minimal, security: 'vault' }, catalog)).toMatchObject([
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

it('the network of a system leaves alone what containers and virtual machines make', () => {
  const network = plan(minimal).composition.files.find(({ path }) => path.endsWith('80-wired.network'));
  // systemd.network(5): devices of the machine itself have no kind.
  expect(network?.content).toMatch(/^\[Match\]\nType=ether\n(#.*\n)?Kind=!\*\n/);
});
