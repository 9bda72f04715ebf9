import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KernelGroup } from '../../../src/stages/lock.ts';
import { sha256File } from '../../../stage-images/contract/hash.ts';
import type { SourceContext, Web } from '../source.ts';
import { urlResolver } from './resolver.ts';
import { url } from './url.ts';

const wishesSha256 = 'e'.repeat(64);
const params = { url: 'https://files.example/pub/linux-6.12.40.tar.xz', sha256: 'a'.repeat(64) };
const makefile = 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 40\nEXTRAVERSION =\nNAME = Baby\n';

describe('choosing', () => {
  const asked: unknown[] = [];
  const web: Web = {
    async facts(...args) {
      asked.push(args);
      return { sizeBytes: 150_000_000, changedAt: 1_700_000_000 };
    },
    content: () => Promise.reject(new Error('nothing is to be read')),
    route: () => Promise.reject(new Error('no program asks')),
  };
  const resolved = (version: string, given = params, previous?: KernelGroup) =>
    urlResolver
      .make(given)
      .resolve({ web } as SourceContext, { wishesSha256, source: { use: 'url', params: given }, version }, previous);

  test('asks the server for the size alone, and notes which file it is', async () => {
    const source = {
      ...params,
      sizeBytes: 150_000_000,
      filename: 'linux-6.12.40.tar.xz',
      name: 'linux',
      version: '6.12.40',
    };
    expect(await resolved('6.12')).toEqual({
      ...{ wishesSha256, version: '6.12.40', sourceDate: 1_700_000_000, sources: [source] },
    });
    expect(asked).toEqual([[params.url, { pointer: '/kernel/url', mostBytes: expect.any(Number) }]]);
  });

  test('asks nobody for a file that the lock has already, wherever it is now', async () => {
    const before = await resolved('6.12.40');
    asked.length = 0;
    const moved = { ...params, url: 'https://other.example/linux.tar.xz' };
    const { sources, version } = await resolved('6.12.40', moved, before);
    expect(sources).toMatchObject([{ ...moved, sizeBytes: 150_000_000, filename: 'linux.tar.xz' }]);
    expect(version).toBe('6.12.40');
    expect(asked).toEqual([]);
  });

  test('is told an address without a password, and a hash', () => {
    expect(() => urlResolver.make({ url: 'ftp://files.example/a.tar', sha256: params.sha256 })).toThrow(/http/);
    expect(() => urlResolver.make({ url: 'https://me:secret@files.example/a', sha256: params.sha256 })).toThrow(
      /no password/,
    );
    expect(() => urlResolver.make({ url: params.url })).toThrow(/sha256/);
  });
});

describe('reading', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ldf-url-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  }

  /** An archive in the source store, of what tar(1) is told to put in. */
  async function stored(args: readonly string[], version = '6.12.40', compression = '--xz') {
    const archive = join(folder, 'archive');
    await execa('tar', ['--create', compression, `--file=${archive}`, `--directory=${folder}`, ...args]);
    const sha256 = await sha256File(archive);
    await mkdir(join(folder, 'store/sha256'), { recursive: true });
    await execa('cp', [archive, join(folder, 'store/sha256', sha256)]);
    const file = { filename: 'linux.tar.xz', sizeBytes: 1, sha256, name: 'linux', version };
    return url.make({}).verify([file], join(folder, 'store'));
  }

  const unpack = async (file: Awaited<ReturnType<typeof stored>>, only?: 'kconfig') => {
    const target = join(folder, 'out', 'linux');
    await mkdir(dirname(target), { recursive: true });
    await url.make({}).unpack(file, { folder: target, progress: () => undefined, ...(only ? { only } : {}) });
    const entries = await readdir(target, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1))
      .sort();
  };

  const tree = { 'linux-6.12.40/Makefile': makefile, 'linux-6.12.40/mm/Kconfig': 'config A' };

  test.each(['--xz', '--gzip', '--no-auto-compress'])('a tree is unpacked from %s', async (compression) => {
    const docs = { 'linux-6.12.40/Documentation/Kconfig': 'd', 'linux-6.12.40/Documentation/x86/boot.rst': 'long' };
    await write({ ...tree, ...docs, 'linux-6.12.40/scripts/a.sh': 's' });
    await symlink('../mm', join(folder, 'linux-6.12.40/scripts/mm'));
    const file = await stored(['linux-6.12.40'], '6.12', compression);
    expect(await unpack(file)).toEqual([
      'Documentation/Kconfig',
      'Makefile',
      'mm/Kconfig',
      'scripts/a.sh',
      'scripts/mm',
    ]);
    expect(await readdir(join(folder, 'out'))).toEqual(['linux']);
  });

  test('only what Kconfig reads', async () => {
    await write({ ...tree, 'linux-6.12.40/mm/slab.c': 'c', 'linux-6.12.40/scripts/a.sh': 's' });
    expect(await unpack(await stored(['linux-6.12.40']), 'kconfig')).toEqual([
      'Makefile',
      'mm/Kconfig',
      'scripts/a.sh',
    ]);
  });

  test('a tree without a folder around it', async () => {
    await write({ 'tree/Makefile': makefile, 'tree/init/main.c': 'c' });
    expect(await unpack(await stored(['--directory=tree', 'Makefile', 'init']))).toEqual(['Makefile', 'init/main.c']);
  });

  test.each([
    [
      'a path above',
      ['--absolute-names', '--transform=s,^outside,linux-6.12.40/../../outside,', 'outside'],
      /leads out/,
    ],
    ['an absolute path', ['--absolute-names', '--transform=s,^outside,/outside,', 'outside'], /leads out/],
    ['a link to the outside', ['linux-6.12.40/link'], /links to \.\.\/\.\.\/etc\/passwd/],
    ['a link to an absolute path', ['linux-6.12.40/absolute'], /links to \/etc\/passwd/],
    ['a pipe', ['linux-6.12.40/pipe'], /is a pipe/],
  ])('refuses %s', async (_what, more, words) => {
    await write({ ...tree, outside: 'x' });
    await symlink('../../etc/passwd', join(folder, 'linux-6.12.40/link'));
    await symlink('/etc/passwd', join(folder, 'linux-6.12.40/absolute'));
    await execa('mkfifo', [join(folder, 'linux-6.12.40/pipe')]);
    const file = await stored(['linux-6.12.40/Makefile', ...more]);
    await expect(unpack(file)).rejects.toMatchObject({
      error: {
        code: 'source.unsafe',
        message: expect.stringMatching(words),
        details: [{ pointer: '/kernel/url', value: 'linux.tar.xz', hint: expect.any(String) }],
      },
    });
    await expect(readFile(join(folder, 'outside'), 'utf8')).resolves.toBe('x');
  });

  test.each([
    ['another version', { 'linux/Makefile': makefile.replace('40', '41') }, 'kernel.version-mismatch'],
    ['another project', { 'hello/Makefile': 'all:\n' }, 'kernel.source-unusable'],
    ['several folders', { 'a/Makefile': makefile, 'b/Makefile': makefile }, 'kernel.source-unusable'],
  ])('refuses %s', async (_what, files, code) => {
    await write(files);
    const names = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''))];
    await expect(unpack(await stored(names))).rejects.toMatchObject({ error: { code, hint: expect.any(String) } });
  });

  test('refuses what is no archive', async () => {
    const text = join(folder, 'text');
    await writeFile(text, 'not found\n'.repeat(1000));
    const sha256 = await sha256File(text);
    await mkdir(join(folder, 'store/sha256'), { recursive: true });
    await execa('cp', [text, join(folder, 'store/sha256', sha256)]);
    const file = { filename: 'linux.tar', sizeBytes: 1, sha256, name: 'linux', version: '6.12.40' };
    const verified = await url.make({}).verify([file], join(folder, 'store'));
    await expect(unpack(verified)).rejects.toMatchObject({
      error: { code: 'kernel.source-unusable', details: [{ pointer: '/kernel/url' }] },
    });
  });
});
