import { describe, expect, test } from 'vitest';
import type { BootFacts } from '../../../../parts/bootloaders/boot-loader.ts';
import { StageFailure } from '../../../../stage-images/contract/failure.ts';
import { contributedFiles } from '../../../../stage-images/image-packager/boot-files.ts';
import { commandLine, liveCommandLine, quoteToken } from '../../../../stage-images/image-packager/cmdline.ts';

describe('the kernel command line', () => {
  test('begins with the root file system and keeps the order of the tokens', () => {
    expect(commandLine({ partitionUuid: '0123-4' }, ['console=tty0', 'console=ttyS0'])).toBe(
      'root=PARTUUID=0123-4 ro console=tty0 console=ttyS0',
    );
  });

  test.each([
    ['quiet', 'quiet'],
    ['a="b"', 'a="b"'],
    ['dyndbg="file ext4.c +p"', 'dyndbg="file ext4.c +p"'],
    ['"module.param=a b"', '"module.param=a b"'],
    ['greeting=good day', 'greeting="good day"'],
    ['two words', '"two words"'],
    ['a b=c', '"a b=c"'],
  ])('%s is written as %s', (token, written) => {
    expect(quoteToken(token)).toBe(written);
  });

  test.each(['', 'a\nb', 'a "b', 'say="a"b" c'])('%j cannot be written and is refused', (token) => {
    expect(() => quoteToken(token)).toThrow(StageFailure);
  });

  test('that the kernel would cut is refused', () => {
    expect(commandLine({ partitionUuid: '1' }, ['x'.repeat(1700)])).toHaveLength(1719);
    expect(() => commandLine({ partitionUuid: '1' }, ['x'.repeat(1800)])).toThrow(/1819 bytes/);
  });
});

describe('the command line of a live system', () => {
  test('finds the root by the name of the image, and says nothing of the file system of the disk', () => {
    const components = ['rootfstype=btrfs', 'rootflags=subvol=@', 'console=ttyS0'];
    expect(liveCommandLine('0-1', components, ['quiet'])).toBe('root=live:0-1 ro console=ttyS0 quiet');
  });
});

describe('files of the ESP that components bring', () => {
  const facts: BootFacts = {
    ...{ arch: 'x86_64', name: 'edge', version: '1.2', title: 'Edge gateway 1.2', release: '6.12.57-gw' },
    ...{
      cmdline: 'root=PARTUUID=1 ro console=ttyS0',
      plainCmdline: 'root=PARTUUID=1 ro',
      kernel: '/in/vmlinuz',
      initramfs: null,
      deviceTrees: [],
      imageId: '0-1',
      biosBoot: null,
    },
  };

  const bootFile = async (path: string) => `/unpacked${path}`;

  test('have their templates filled in, and are copied out of boot packages', async () => {
    const files = [
      { path: 'loader/loader.conf', content: 'default {{release}}\n' },
      { path: 'cmd.txt', content: '{{title}}: {{cmdline}}' },
      { path: 'x.efi', copy: '/usr/lib/x.efi' },
    ];
    expect(await contributedFiles(files, facts, bootFile)).toEqual([
      { at: 'esp', path: 'loader/loader.conf', content: 'default 6.12.57-gw\n' },
      { at: 'esp', path: 'cmd.txt', content: 'Edge gateway 1.2: root=PARTUUID=1 ro console=ttyS0' },
      { at: 'esp', path: 'x.efi', file: '/unpacked/usr/lib/x.efi' },
    ]);
  });

  test('must not name what there is not', async () => {
    const attempt = () => contributedFiles([{ path: 'a.conf', content: '{{kernel}}' }], facts, bootFile);
    await expect(attempt).rejects.toThrow(/a\.conf .* \{\{kernel\}\}; known are title, release, cmdline/);
    await expect(attempt).rejects.toThrow(
      expect.objectContaining({ error: expect.objectContaining({ code: 'boot.file-invalid' }) }),
    );
  });
});
