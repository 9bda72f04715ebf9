import { describe, expect, test } from 'vitest';
import { cpioOf } from '../../initramfs/minimal/cpio.ts';
import { asWritten } from '../packed.ts';
import { directory } from './directory.ts';
import { bootScript } from './script.ts';

test('it is a script that machines load over the network, with files beside it', () => {
  const format = directory.make({})();
  expect(asWritten(format)).toMatchObject({ extension: 'ipxe', disk: 'network', bootable: true, sparse: false });
  expect(format.beside?.map(({ extension }) => extension)).toEqual(['linux', 'initrd', 'root.cpio']);
  expect(() => directory.make({ root: 'ext4' })).toThrow(/root/);
});

test('the script names the files beside it, so they cannot be compressed', () => {
  expect(() => asWritten(directory.make({})(), 'xz')).toThrow(/cannot be compressed/);
});

describe('the script', () => {
  const files = { linux: 'a.linux', initrds: ['a.initrd', 'a.root.cpio'] };

  test('has the kernel started with both archives, from where the script itself came', () => {
    expect(bootScript({ title: 'edge 1.2', cmdline: 'root=live:0-1 ro m.p="a b"' }, files)).toBe(
      [
        '#!ipxe',
        'echo Starting edge 1.2',
        'kernel a.linux initrd=initrd.magic root=live:0-1 ro m.p="a b"',
        ...['initrd a.initrd', 'initrd a.root.cpio', 'boot', ''],
      ].join('\n'),
    );
  });

  test('says no title that would be more than that', () => {
    const title = ['a && shell ', '{net0/mac}'].join('$');
    expect(bootScript({ title, cmdline: 'ro' }, files)).toContain('echo Starting a    shell  {net0/mac}\n');
  });

  test.each(['a=' + '$' + '{b}', '#x', '||', 'a="b && c"'])(
    '%s, which iPXE would not hand over, is refused',
    (word) => {
      expect(() => bootScript({ title: '', cmdline: `ro ${word}` }, files)).toThrow(/iPXE cannot hand/);
    },
  );
});

test('an archive of one file has the folders above it, and is what the kernel reads', () => {
  const { before, after } = cpioOf('live/a.b', 5, 7);
  const archive = Buffer.concat([before, Buffer.from('12345'), after]).toString('latin1');
  expect(archive.length % 4).toBe(0);
  expect([...archive.matchAll(/070701/g)].map(({ index }) => index % 4)).toEqual([0, 0, 0]);
  expect(archive).toMatch(/^070701.{104}live\0.*live\/a\.b\0+12345\0{3}070701.*TRAILER!!!/s);
});
