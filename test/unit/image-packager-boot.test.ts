import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StageFailure } from '../../stage-images/contract/failure.ts';
import { blsEntry } from '../../stage-images/image-packager/bls.ts';
import type { BootFacts } from '../../stage-images/image-packager/boot-entries.ts';
import { stageBootFiles } from '../../stage-images/image-packager/boot-files.ts';
import { commandLine, quoteToken } from '../../stage-images/image-packager/cmdline.ts';

const facts: BootFacts = {
  name: 'edge',
  title: 'Edge gateway 1.2',
  release: '6.12.57-gw',
  cmdline: 'root=PARTUUID=1 ro console=ttyS0',
  kernel: '/in/vmlinuz',
  initramfs: null,
};

describe('the kernel command line', () => {
  test('begins with the root file system and keeps the order of the tokens', () => {
    expect(commandLine('0123-4', ['console=tty0', 'console=ttyS0'])).toBe(
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
    expect(commandLine('1', ['x'.repeat(1700)])).toHaveLength(1719);
    expect(() => commandLine('1', ['x'.repeat(1800)])).toThrow(/1819 bytes/);
  });
});

describe('a boot entry', () => {
  test('follows the Boot Loader Specification', () => {
    const text = [
      'title      Edge gateway 1.2',
      'version    6.12.57-gw',
      'sort-key   edge',
      'linux      /edge/6.12.57-gw/linux',
      'options    root=PARTUUID=1 ro console=ttyS0',
      '',
    ].join('\n');
    expect(blsEntry(facts)).toEqual([
      { path: 'edge/6.12.57-gw/linux', copy: '/in/vmlinuz' },
      { path: 'loader/entries/edge.conf', content: text },
    ]);
  });

  test('brings and names the initramfs when there is one', () => {
    const files = blsEntry({ ...facts, initramfs: '/tmp/initrd' });
    expect(files[1]).toEqual({ path: 'edge/6.12.57-gw/initrd', copy: '/tmp/initrd' });
    expect(files[2]).toMatchObject({ content: expect.stringMatching(/^initrd +\/edge\/6\.12\.57-gw\/initrd$/m) });
  });
});

describe('the files of the ESP', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ldf-boot-'));
    await writeFile(join(folder, 'vmlinuz'), 'kernel');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const stage = (esp: Parameters<typeof stageBootFiles>[0]['esp']) =>
    stageBootFiles({ entries: 'bls', esp }, { ...facts, kernel: join(folder, 'vmlinuz') }, join(folder, 'work'));

  test('are sorted, with templates filled in and sources measured', async () => {
    const staged = await stage([
      { path: 'loader/loader.conf', content: 'default {{release}}\n' },
      { path: 'cmd.txt', content: '{{title}}: {{cmdline}}' },
    ]);
    expect(staged.map(({ path }) => path)).toEqual([
      'cmd.txt',
      'edge/6.12.57-gw/linux',
      'loader/entries/edge.conf',
      'loader/loader.conf',
    ]);
    expect(staged[1]).toMatchObject({ source: join(folder, 'vmlinuz'), sizeBytes: 6 });
    expect(await readFile(staged[0]?.source ?? '', 'utf8')).toBe('Edge gateway 1.2: root=PARTUUID=1 ro console=ttyS0');
    expect(await readFile(staged[3]?.source ?? '', 'utf8')).toBe('default 6.12.57-gw\n');
  });

  test.each([
    [{ path: 'a.conf', content: '{{kernel}}' }, /\{\{kernel\}\}; known are title, release, cmdline/],
    [{ path: 'x.efi', copy: '/nowhere/x.efi' }, /x\.efi .* \/nowhere\/x\.efi/],
    [{ path: '../x', content: '' }, /relative path/],
    [{ path: '/x', content: '' }, /relative path/],
    [{ path: 'a/[b]', content: '' }, /relative path/],
    [{ path: `${'a'.repeat(100)}*`, content: '' }, /relative path/],
    [{ path: 'Loader/Entries/EDGE.conf', content: '' }, /twice/],
  ])('%j is refused, naming the file', async (file, message) => {
    await expect(stage([file])).rejects.toThrow(message);
    await expect(stage([file])).rejects.toMatchObject({ error: { code: 'boot.file-invalid' } });
  });
});
