/** image.partitions: what a disk comes to, and what cannot be. */
import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import type { PackageParams } from '../../../src/stages/package/contract.ts';
import { keys, minimal, plan, problems } from './planning.ts';

const esp = { role: 'esp' };
const root = { mount: '/' };

function withDisk(partitions: object[], more: object = {}, image: object = {}) {
  return { ...minimal, ...more, image: { ...image, partitions } };
}

/** What the packager is told. */
function packaged(value: object): PackageParams {
  return plan(value).stages.find(({ name }) => name === 'package')?.params as PackageParams;
}

/** Messages by their places. */
function told(value: object): string[] {
  return problems(value).map(({ pointer, message }) => `${pointer}: ${message}`);
}

describe('a definition without partitions', () => {
  it('has an EFI system partition and a root, told as ever', () => {
    const { partitions, fstab, ...rest } = packaged(minimal);
    expect(partitions.map((one) => Object.keys(one).sort())).toEqual(
      Array(2).fill(['fileSystem', 'label', 'role', 'size', 'typeGuid']),
    );
    expect(fstab).toEqual([
      'PARTUUID={{root}} / ext4 errors=remount-ro 0 1',
      'PARTUUID={{ESP}} /efi vfat umask=0077,nofail 0 0',
    ]);
    expect(rest).not.toHaveProperty('growth');
  });

  it('refuses a file system that cannot hold the root', () => {
    expect(told({ ...minimal, filesystem: 'vfat' })).toEqual([
      '/filesystem: filesystem/vfat cannot hold the root file system',
    ]);
  });
});

describe('partitions', () => {
  const disk = withDisk(
    [
      esp,
      { mount: '/', size: '30%' },
      { mount: '/var', grow: true },
      { mount: '/home', size: '200MiB', label: 'people', options: ['noatime', 'nosuid'] },
      { swap: true, size: '128M' },
      { role: 'boot' },
      { mount: '/srv/data', filesystem: 'squashfs' },
      { mount: '/srv/other', filesystem: 'btrfs', readOnly: true },
    ],
    {},
    { size: '4G' },
  );

  it('lie in their order, the growing one last, each with its type, label and size', () => {
    const { partitions } = packaged(disk);
    expect(partitions.map(({ role, label, size, mount, grow }) => [role, label, size, mount, grow])).toEqual([
      ['esp', 'ESP', 'auto', undefined, undefined],
      ['root', 'root', '1228M', '/', undefined],
      ['home', 'people', '200M', '/home', undefined],
      ['swap', 'swap', '128M', undefined, undefined],
      ['boot', 'boot', 'auto', '/boot', undefined],
      ['data', 'srv-data', 'auto', '/srv/data', undefined],
      ['data', 'srv-other', 'auto', '/srv/other', undefined],
      ['var', 'var', 'auto', '/var', true],
    ]);
    expect(partitions.map(({ fileSystem }) => fileSystem.use)).toEqual([
      ...['vfat', 'ext4', 'ext4', 'swap', 'ext4', 'squashfs', 'btrfs', 'ext4'],
    ]);
    // https://uapi-group.org/specifications/specs/discoverable_partitions_specification/
    expect(partitions.map(({ typeGuid }) => typeGuid.slice(0, 8))).toEqual([
      ...['c12a7328', '4f68bce3', '933ac7e1', '0657fd6d', 'bc13c2ff', '0fc63daf', '0fc63daf', '4d21b016'],
    ]);
    expect(partitions[1]?.asked).toEqual({ pointer: '/image/partitions/1', size: '30%' });
  });

  it('have lines of fstab by their PARTUUIDs, a folder before what is in it', () => {
    expect(packaged(disk).fstab).toEqual([
      'PARTUUID={{root}} / ext4 errors=remount-ro 0 1',
      'PARTUUID={{ESP}} /efi vfat umask=0077,nofail 0 0',
      'PARTUUID={{boot}} /boot ext4 errors=remount-ro 0 2',
      'PARTUUID={{people}} /home ext4 errors=remount-ro,noatime,nosuid 0 2',
      'PARTUUID={{srv-data}} /srv/data squashfs defaults 0 0',
      'PARTUUID={{srv-other}} /srv/other btrfs compress=zstd:3,ro 0 0',
      'PARTUUID={{var}} /var ext4 errors=remount-ro,x-systemd.growfs 0 2',
      'PARTUUID={{swap}} none swap defaults 0 0',
    ]);
  });

  it('bring kernel options and packages of their file systems, and nothing of their roots', () => {
    const { composition } = plan(disk);
    const ids = composition.components.map(({ component }) => `${component.kind}/${component.name}`);
    expect(ids).toEqual(expect.arrayContaining(['filesystem/btrfs', 'filesystem/squashfs', 'platform/swap']));
    expect(composition.packages.map(({ name }) => name)).toContain('btrfs-progs');
    expect(composition.kernelOptions.map(({ symbol }) => symbol)).toContain('CONFIG_SQUASHFS_XATTR');
    expect(composition.cmdline.map(({ word }) => word).join(' ')).not.toContain('rootf');
    expect(composition.bootModules.filter(({ needed }) => needed).map(({ name }) => name)).toEqual(['ext4']);
  });

  it('that grow bring what does it, and its package; others do not', () => {
    expect(packaged(disk).growth).toEqual({ use: 'repart', params: {} });
    expect(plan(disk).composition.recommended).toContainEqual({
      name: 'systemd-repart',
      from: { kind: 'component', name: 'init/systemd' },
    });
    const still = withDisk([esp, root]);
    expect(packaged(still)).not.toHaveProperty('growth');
    expect(plan(still).composition.recommended.map(({ name }) => name)).not.toContain('systemd-repart');
  });

  it('that have nothing to be mounted on have no kernel made anew, nor a root file system', () => {
    const [before, after] = [keys(plan(minimal)), keys(plan(withDisk([esp, { ...root, size: '2G' }])))];
    expect(Object.keys(before).filter((name) => before[name] !== after[name])).toEqual(['package', 'boot']);
  });

  it('that hold the root decide its file system, options and label', () => {
    const { partitions, fstab, cmdline } = packaged(
      withDisk([esp, { ...root, filesystem: 'btrfs', label: 'top', options: ['noatime'] }, { mount: '/home' }]),
    );
    expect(partitions[1]).toMatchObject({ label: 'top', role: 'root', fileSystem: { use: 'btrfs' } });
    expect(fstab).toEqual([
      'PARTUUID={{top}} / btrfs subvol=@,compress=zstd:3,noatime 0 0',
      'PARTUUID={{ESP}} /efi vfat umask=0077,nofail 0 0',
      'PARTUUID={{home}} /home ext4 errors=remount-ro 0 2',
    ]);
    expect(cmdline).toContain('rootfstype=btrfs');
  });

  it('have other parameters than a root with the same file system', () => {
    const { partitions } = packaged(
      withDisk([esp, root, { mount: '/home' }, { mount: '/var' }], { filesystem: 'btrfs' }),
    );
    expect(partitions.map(({ fileSystem }) => fileSystem.use)).toEqual(['vfat', 'btrfs', 'ext4', 'ext4']);
    const data = packaged(withDisk([esp, root, { mount: '/data', filesystem: 'btrfs' }], { filesystem: 'btrfs' }));
    expect(data.partitions.map(({ fileSystem }) => fileSystem.params.subvolumes)).toEqual([
      undefined,
      expect.arrayContaining([{ name: '@', path: '/' }]),
      [],
    ]);
  });

  it('get labels of their own where nothing is said', () => {
    const { partitions } = packaged(
      withDisk([
        esp,
        root,
        { swap: true },
        { swap: true },
        { mount: '/srv/a-long-name' },
        { mount: '/srv/a-long-nail' },
      ]),
    );
    expect(partitions.map(({ label }) => label)).toEqual([
      'ESP',
      'root',
      'swap',
      'swap2',
      'srv-a-long-',
      'srv-a-long2',
    ]);
  });
});

describe('what cannot be', () => {
  it.each<[string, object, string[]]>([
    ['a disk without a root', withDisk([esp]), ['/image/partitions: no partition is for the root file system']],
    [
      'a boot loader without its partition',
      withDisk([root], { bootloader: 'grub' }),
      ['/image/partitions: bootloader/grub needs an EFI system partition, and there is none'],
    ],
    [
      'swap as root',
      withDisk([esp, { mount: '/', swap: true }]),
      [
        '/image/partitions/1/swap: a partition is for one thing, and this one has mount and swap',
        '/image/partitions: no partition is for the root file system',
      ],
    ],
    ['nothing', withDisk([esp, root, {}]), ['/image/partitions/2: a partition must say what it is for']],
    [
      'one mount point twice, by its role as well',
      withDisk([esp, root, { mount: '/home' }, { mount: '/home' }, { role: 'boot' }, { mount: '/boot' }]),
      [
        '/image/partitions/3/mount: two partitions are mounted on /home',
        '/image/partitions/5/mount: two partitions are mounted on /boot',
      ],
    ],
    [
      'two that grow',
      withDisk([esp, { ...root, grow: true }, { mount: '/var', grow: true }]),
      ['/image/partitions/2/grow: two partitions are to grow, and one can: it takes all that is left of the disk'],
    ],
    [
      'FAT for what has owners',
      withDisk([esp, { ...root, filesystem: 'vfat' }, { mount: '/home', filesystem: 'vfat' }]),
      [
        '/image/partitions/1/filesystem: filesystem/vfat cannot hold the root file system',
        '/image/partitions/2/filesystem: files in /home have owners, and filesystem/vfat keeps none',
      ],
    ],
    [
      'growing what cannot grow, or is not written to',
      withDisk([
        esp,
        root,
        { mount: '/a', filesystem: 'erofs', grow: true },
        { mount: '/b', readOnly: true, grow: true },
      ]),
      [
        '/image/partitions/2/grow: filesystem/erofs cannot grow',
        '/image/partitions/3/grow: a partition that is mounted read-only has no use of growing',
        '/image/partitions/3/grow: two partitions are to grow, and one can: it takes all that is left of the disk',
      ],
    ],
    [
      'a mount point that is none',
      withDisk([
        esp,
        root,
        { mount: 'home' },
        { mount: '/usr' },
        { mount: '/proc/x' },
        { mount: '/efi' },
        { mount: '/a/' },
      ]),
      [
        '/image/partitions/2/mount: a mount point must be an absolute path such as /home',
        '/image/partitions/3/mount: /usr must be in the root file system: the system needs it before it mounts anything else',
        '/image/partitions/4/mount: /proc/x is not of the disk: the system makes it at boot',
        '/image/partitions/5/mount: /efi is where the EFI system partition is mounted',
        '/image/partitions/6/mount: a mount point must be an absolute path such as /home',
      ],
    ],
    [
      'a read-only /var, or / where memory is not laid over it',
      withDisk([
        esp,
        { ...root, readOnly: true },
        { mount: '/var', filesystem: 'squashfs' },
        { mount: '/tmp', readOnly: true },
      ]),
      [
        '/image/partitions/1/readOnly: the system writes to / from the first boot on, and filesystem/ext4 would let it if it were not mounted read-only',
        '/image/partitions/2/filesystem: the system writes to /var, which could not be written to',
        '/image/partitions/3/readOnly: the system writes to /tmp, which could not be written to',
      ],
    ],
    [
      'a file system that there is not',
      withDisk([esp, root, { mount: '/home', filesystem: 'ext5' }]),
      ['/image/partitions/2/filesystem: there is no component filesystem/ext5'],
    ],
    [
      'anything else of swap space and of what firmware reads',
      withDisk([{ ...esp, filesystem: 'ext4', grow: true }, root, { swap: true, readOnly: true, filesystem: 'ext4' }]),
      [
        '/image/partitions/0/filesystem: an EFI system partition has the file system that firmware reads',
        '/image/partitions/0/grow: an EFI system partition cannot grow',
        '/image/partitions/2/filesystem: swap space has no file system',
        '/image/partitions/2/readOnly: swap space cannot be read-only',
      ],
    ],
    [
      'one label twice',
      withDisk([esp, root, { mount: '/a', label: 'x' }, { mount: '/b', label: 'X' }]),
      ['/image/partitions/3/label: two partitions have the label x'],
    ],
    [
      'shares of a disk whose size follows from them',
      withDisk([esp, { ...root, size: '50%' }]),
      ['/image/partitions/1/size: 50% is a share of image.size, which is auto'],
    ],
    [
      'more than the whole disk',
      withDisk([esp, { ...root, size: '60%' }, { mount: '/home', size: '50%' }], {}, { size: '4G' }),
      ['/image/partitions/2/size: with 50% the partitions come to 110 percent of the disk'],
    ],
    [
      'more than the disk has',
      withDisk(
        [
          { ...esp, size: '64M' },
          { ...root, size: '2G' },
        ],
        {},
        { size: '2G' },
      ),
      ['/image/size: the partitions take 2114M, and the disk has 2G'],
    ],
  ])('%s', (_what, value, expected) => {
    expect(told(value)).toEqual(expected);
    for (const { hint } of problems(value)) expect(hint).toMatch(/^[A-Z].*[.?]$/);
  });

  it('is all told at once, with the value', () => {
    const found = problems(withDisk([{ mount: 'home' }, { swap: true, grow: true }, { mount: '/x', size: '1%' }]));
    expect(found.map(({ pointer, value }) => [pointer, value])).toEqual([
      ['/image/partitions/0/mount', '"home"'],
      ['/image/partitions/1/grow', 'true'],
      ['/image/partitions', undefined],
      ['/image/partitions', undefined],
      ['/image/partitions/2/size', '"1%"'],
    ]);
  });

  it('has a fix where a larger disk would do', () => {
    const [found] = problems(
      withDisk(
        [
          { ...esp, size: '64M' },
          { ...root, size: '2G' },
        ],
        {},
        { size: '2G' },
      ),
    );
    expect(found?.fixes).toEqual(['2114M', 'auto'].map((to) => ({ pointer: '/image/size', from: '2G', to })));
  });
});

describe('sizes', () => {
  it.each([
    ['2GiB', '2G'],
    ['512 M', '512M'],
    ['1 TiB', '1T'],
    ['20 %', '20%'],
    ['100%', '100%'],
  ])('%s is kept as %s', (written, kept) => {
    const { image } = parseDefinition(withDisk([esp, { ...root, size: written }]));
    expect(image.partitions?.[1]?.size).toBe(kept);
  });

  it.each(['2GB', '0%', '101%', '1.5G', '20', '-1G', 'all'])('%s is none', (size) => {
    expect(() => parseDefinition(withDisk([esp, { ...root, size }]))).toThrow();
  });
});
