/** root: a file system that is never written, what checks it, and where changes go. */
import { describe, expect, it } from 'vitest';
import type { PackageParams } from '../../../src/stages/package/contract.ts';
import { minimal, plan, problems } from './planning.ts';

const disk = { partitions: [{ role: 'esp' }, { mount: '/' }, { mount: '/var', size: '512M' }] };

function packaged(value: object): PackageParams {
  return plan(value).stages.find(({ name }) => name === 'package')?.params as PackageParams;
}

function told(value: object): string[] {
  return problems({ ...minimal, ...value }).map(({ pointer, message }) => `${pointer}: ${message}`);
}

describe('root.verity', () => {
  const value = { ...minimal, root: { filesystem: 'erofs', verity: true } };

  it('gives the root a partition with its hashes, the drivers, and what opens it', () => {
    const { partitions, bootModules, bootPackages } = packaged(value);
    expect(partitions.find(({ role }) => role === 'root')).toMatchObject({
      fileSystem: { use: 'erofs' },
      // https://uapi-group.org/specifications/specs/discoverable_partitions_specification/
      verity: { label: 'root-verity', typeGuid: '2c7357ed-ebd2-46d9-aec1-23d437ec2bf5' },
    });
    expect(bootModules).toEqual(expect.arrayContaining([{ name: 'dm-verity', needed: true }]));
    expect(plan(value).composition.bootPackages.map(({ name }) => name)).toContain('dmsetup');
    expect(bootPackages).toBeDefined();
    expect(plan(value).composition.kernelOptions.map(({ symbol }) => symbol)).toContain('CONFIG_DM_VERITY');
  });

  it('is asked for by nobody who does not say so', () => {
    const { partitions, overlay, bootModules } = packaged({ ...minimal, root: { filesystem: 'erofs' } });
    expect([overlay, ...partitions.map(({ verity }) => verity)]).toEqual([undefined, undefined, undefined]);
    expect(bootModules.map(({ name }) => name)).not.toContain('dm-verity');
  });

  it('is refused where the root is written, and with formats that have it in a file of its own', () => {
    expect(told({ root: { verity: true } })).toEqual([
      '/root/verity: dm-verity is for what is never written, and ext4 is',
    ]);
    expect(told({ root: { filesystem: 'squashfs', verity: true }, image: { formats: ['iso', 'raw'] } })).toEqual([
      '/root/verity: Live ISO (format: iso) has the root file system in a file that nothing checks',
    ]);
  });
});

describe('root.overlay', () => {
  it('in memory is what there is anyway', () => {
    expect(packaged({ ...minimal, root: { filesystem: 'erofs', overlay: 'tmpfs' } })).toEqual(
      packaged({ ...minimal, filesystem: 'erofs' }),
    );
  });

  it('on /var names its partition, whose file system the initramfs can mount, and which is not checked while it is mounted', () => {
    const { overlay, fstab, bootModules } = packaged({
      ...minimal,
      root: { filesystem: 'erofs', overlay: '/var' },
      image: disk,
    });
    expect(overlay).toBe('var');
    expect(fstab).toContain('PARTUUID={{var}} /var ext4 errors=remount-ro 0 0');
    expect(bootModules).toEqual(expect.arrayContaining([{ name: 'ext4', needed: true }]));
  });

  it('is refused without such a partition, on one without owners, and where the root is written itself', () => {
    expect(told({ root: { filesystem: 'erofs', overlay: '/var' } })).toEqual([
      '/root/overlay: no partition is mounted on /var',
    ]);
    expect(told({ root: { overlay: '/var' }, image: disk })).toEqual([
      '/root/overlay: changes to ext4 go to its own partition',
    ]);
    expect(told({ root: { filesystem: 'erofs', overlay: '/home' } })[0]).toContain('/root/overlay');
  });
});

it('two file systems for / are refused', () => {
  expect(told({ filesystem: 'btrfs', root: { filesystem: 'erofs' } })).toEqual([
    '/filesystem: the root file system is erofs in /root/filesystem, and btrfs here',
  ]);
  expect(
    told({
      root: { filesystem: 'erofs' },
      image: { partitions: [{ role: 'esp' }, { mount: '/', filesystem: 'ext4' }] },
    }),
  ).toContain('/root/filesystem: the root file system is ext4 in /image/partitions/1/filesystem, and erofs here');
});

it.each(['roothash=00', 'ldf.overlay=PARTUUID=1'])('%s follows from the image, and no definition gives it', (word) => {
  expect(told({ kernel: { cmdline: [word] } })[0]).toContain('/kernel/cmdline/0');
});
