import { describe, expect, test } from 'vitest';
import { chooseBootModules, readModuleIndex } from '../boot-modules.ts';
import { writeCpio } from './cpio.ts';
import { loadedAlways, wantedModules } from './minimal.ts';
import { afterTheirWishes, busOf, plainFile, readModuleTables, withDependencies } from './module-tables.ts';

const index = readModuleIndex(
  [
    'kernel/drivers/block/virtio_blk.ko.xz:',
    'kernel/fs/ext4/ext4.ko.zst: kernel/fs/jbd2/jbd2.ko.zst kernel/fs/mbcache.ko.zst',
    'kernel/drivers/char/hw_random/virtio-rng.ko:',
    '',
  ].join('\n'),
  'kernel/drivers/virtio/virtio_pci.ko\nkernel/fs/xfs/xfs.ko\n',
);
const needed = (name: string) => ({ name, needed: true });
const optional = (name: string) => ({ name, needed: false });

describe('which modules an initramfs loads', () => {
  test('those that are loadable, by their canonical names', () => {
    const wanted = [optional('virtio_blk'), needed('ext4'), optional('virtio-rng'), optional('virtio_pci')];
    expect(chooseBootModules(wanted, index)).toEqual({ load: ['ext4', 'virtio_blk', 'virtio_rng'], absent: [] });
  });

  test('above a root that cannot be written to, what lays the layer too: a kernel without it is refused', () => {
    const asked = [needed('ext4')];
    expect(wantedModules({ wanted: asked, overlay: false })).toEqual(asked);
    const wanted = wantedModules({ wanted: asked, overlay: true });
    expect(() => chooseBootModules(wanted, index)).toThrow('The kernel has no overlay');
  });

  test('none when all are built in', () => {
    expect(chooseBootModules([needed('xfs'), optional('virtio_pci')], index).load).toEqual([]);
  });

  test('drivers the kernel was made without are left out and told', () => {
    expect(chooseBootModules([needed('ext4'), optional('nvme')], index)).toEqual({ load: ['ext4'], absent: ['nvme'] });
  });

  test('a needed one that is missing fails, naming it', () => {
    expect(() => chooseBootModules([needed('btrfs'), optional('nvme')], index)).toThrow(/no btrfs,/);
  });

  test('dependencies are no modules of their own in the index', () => {
    expect(index.loadable.has('jbd2')).toBe(false);
    expect([...index.builtIn]).toEqual(['virtio_pci', 'xfs']);
  });
});

describe('the tables of modules', () => {
  const tables = readModuleTables({
    dep: [
      'kernel/fs/ext4/ext4.ko.xz: kernel/lib/crc16.ko.xz kernel/fs/jbd2/jbd2.ko.xz',
      'kernel/fs/jbd2/jbd2.ko.xz:',
      'kernel/lib/crc16.ko.xz:',
      'kernel/crypto/crc32c-intel.ko.xz:',
      'kernel/crypto/crc32c_generic.ko.xz:',
      'kernel/drivers/usb/storage/usb-storage.ko: kernel/drivers/usb/core/usbcore.ko kernel/drivers/usb/common/usb-common.ko',
      'kernel/drivers/usb/core/usbcore.ko: kernel/drivers/usb/common/usb-common.ko',
      'kernel/drivers/usb/common/usb-common.ko:',
      '',
    ].join('\n'),
    softdep: [
      '# Soft dependencies extracted from modules themselves.',
      'softdep ext4 pre: crypto-crc32c post: gone',
      'softdep jbd2 pre: crypto-crc32c',
      'softdep usb-storage post: usb_common',
    ].join('\n'),
    alias: [
      '# Aliases extracted from modules themselves.',
      'alias crypto-crc32c crc32c_intel',
      'alias crypto-crc32c crc32c-generic',
      'alias fs-ext4 ext4',
      'alias usb:v*p*d*dc*dsc*dp*ic08isc06ip50in* usb-storage',
      'alias acpi*:VMBUS:* hv_vmbus',
    ].join('\n'),
  });

  test('say what is loaded before a module, in that order', () => {
    expect(tables.files.get('usb_storage')).toEqual({
      path: 'kernel/drivers/usb/storage/usb-storage.ko',
      needs: ['usb_common', 'usbcore'],
      wishes: [],
    });
    expect(tables.files.get('ext4')).toMatchObject({ needs: ['jbd2', 'crc16'], wishes: ['crypto-crc32c'] });
  });

  test('say everything that loading a module may take, what aliases stand for included', () => {
    expect(withDependencies(['ext4', 'built_in'], tables)).toEqual([
      'crc16',
      'crc32c_generic',
      'crc32c_intel',
      'ext4',
      'jbd2',
    ]);
  });

  test('say what a module, and those it needs, would like to find loaded', () => {
    expect(afterTheirWishes(['ext4', 'usb_storage'], tables)).toEqual([
      'crc32c_intel',
      'crc32c_generic',
      'ext4',
      'usb_storage',
    ]);
  });

  test('tell aliases of devices from the names of other things', () => {
    expect(tables.aliases.map(busOf)).toEqual([undefined, undefined, undefined, 'usb', 'acpi']);
  });

  test('files lie in the initramfs without their compression', () => {
    expect(['a/ext4.ko.xz', 'a/usb-storage.ko', 'a/sd_mod.ko.zst'].map(plainFile)).toEqual([
      'ext4.ko',
      'usb-storage.ko',
      'sd_mod.ko',
    ]);
  });

  test('what no device asks for is loaded always, and so is what is needed', () => {
    const always = loadedAlways(['ext4', 'usb_storage'], [], tables.aliases);
    expect(always).toEqual(['ext4']);
    expect(loadedAlways(['ext4', 'usb_storage'], ['usb-storage'], tables.aliases)).toEqual(['ext4', 'usb_storage']);
  });
});

describe('a cpio archive', () => {
  const archive = writeCpio(
    [
      { path: 'bin', type: 'folder', mode: 0o755 },
      { path: 'bin/tool', type: 'file', mode: 0o755, data: Buffer.from('hello') },
      { path: 'init', type: 'link', mode: 0o777, data: Buffer.from('bin/tool') },
    ],
    1_750_000_000,
  );

  /** Reads the newc format field by field: 6 bytes of magic, then 13 numbers of eight hexadecimal digits. */
  function read(at: number) {
    const field = (number: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + 8 * number, at + 14 + 8 * number), 16);
    const [mode, mtime, size, nameSize] = [field(1), field(5), field(6), field(11)];
    const name = archive.toString('utf8', at + 110, at + 110 + nameSize - 1);
    const dataAt = Math.ceil((at + 110 + nameSize) / 4) * 4;
    const magic = archive.toString('latin1', at, at + 6);
    const data = archive.toString('utf8', dataAt, dataAt + size);
    return { entry: { magic, name, mode: mode.toString(8), mtime, data }, next: Math.ceil((dataAt + size) / 4) * 4 };
  }

  test('holds folders, files and links as the kernel reads them, and ends with the trailer', () => {
    const entries = [];
    let at = 0;
    while (at < archive.length) {
      const { entry, next } = read(at);
      entries.push(entry);
      at = next;
    }
    const common = { magic: '070701', mtime: 1_750_000_000 };
    expect(entries).toEqual([
      { ...common, name: 'bin', mode: '40755', data: '' },
      { ...common, name: 'bin/tool', mode: '100755', data: 'hello' },
      { ...common, name: 'init', mode: '120777', data: 'bin/tool' },
      { magic: '070701', mtime: 0, name: 'TRAILER!!!', mode: '0', data: '' },
    ]);
  });
});
