import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTool, runTool } from '../../stage-images/contract/tool.ts';
import { rootTree } from '../../stage-images/image-packager/root-tree.ts';
import { PlacedTree, parentFolders } from './placed-tree.ts';
import { TarArchive } from './tar-archive.ts';
import { readTarEntries } from './tar-entries.ts';
import { joinArchives, TarTree } from './tar-tree.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-tree-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('archives are joined without the end marks between them', async () => {
  const [first, last] = [join(folder, 'a'), join(folder, 'b')];
  await writeFile(first, Buffer.concat([Buffer.alloc(1024, 'a'), Buffer.alloc(1024)]));
  await writeFile(last, Buffer.concat([Buffer.alloc(1024, 'b'), Buffer.alloc(1024)]));
  await joinArchives([{ path: first, endBytes: 1024 }], last, join(folder, 'joined'));
  const joined = await readFile(join(folder, 'joined'));
  expect(joined).toEqual(Buffer.concat([Buffer.alloc(1024, 'a'), Buffer.alloc(1024, 'b'), Buffer.alloc(1024)]));
});

describe('what a tar tells of its entries', () => {
  test('is everything: kind, owner, mode, time, size, link and attributes, whatever the names are', async () => {
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}`;
    const root = join(folder, 'all');
    await mkdir(join(root, long), { recursive: true });
    await writeFile(join(root, long, 'größe ünd\nzeile'), 'x'.repeat(1000));
    await writeFile(join(root, 'tool'), 'hello', { mode: 0o755 });
    await runTool('ln', ['-s', `${'t'.repeat(120)}/target`, join(root, 'soft')]);
    await runTool('ln', [join(root, 'tool'), join(root, 'tool2')]);
    await runTool('mkfifo', [join(root, 'pipe')]);
    for (const format of ['posix', 'gnu']) {
      const archive = `${root}-${format}.tar`;
      const common = ['--sort=name', '--owner=7', '--group=3000000', '--numeric-owner', '--mtime=@1700000000'];
      await runTool('tar', [
        `--format=${format}`,
        ...common,
        '--create',
        `--file=${archive}`,
        `--directory=${root}`,
        '.',
      ]);
      const { entries, endBytes } = await readTarEntries(archive);
      const found = new Map(entries.map(({ path, ...rest }) => [path, rest]));
      const owned = { uid: 7, gid: 3_000_000, mtime: 1_700_000_000, xattrs: new Map() };
      expect(found.get(`./${long}/größe ünd\nzeile`), format).toMatchObject({
        ...owned,
        kind: 'file',
        sizeBytes: 1000,
      });
      expect(found.get('./tool'), format).toEqual({ ...owned, kind: 'file', mode: 0o755, sizeBytes: 5, link: '' });
      expect(found.get('./soft'), format).toMatchObject({ kind: 'symlink', link: `${'t'.repeat(120)}/target` });
      expect(found.get('./tool2'), format).toMatchObject({ kind: 'hardlink', sizeBytes: 0, link: './tool' });
      expect(found.get('./pipe'), format).toMatchObject({ kind: 'fifo', sizeBytes: 0 });
      expect(found.get('./'), format).toMatchObject({ kind: 'folder' });
      expect(
        entries.map(({ path }) => path),
        format,
      ).toHaveLength(8);
      expect((await readFile(archive)).subarray(endBytes).every((byte) => byte === 0)).toBe(true);
    }
  });

  test('attributes may hold any bytes, and belong to one entry only', async () => {
    const value = Buffer.from([1, 0, 0, 2, 0x3d, 0x0a, 0xff]);
    // The record's length counts itself, the space and the line end.
    const pax = Buffer.concat([Buffer.from('44 SCHILY.xattr.security.capability='), value, Buffer.from('\n')]);
    expect(pax).toHaveLength(44);
    const archive = join(folder, 'xattrs.tar');
    const block = (data: Buffer) => Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
    await writeFile(
      archive,
      Buffer.concat([
        header('PaxHeaders/ping', 'x', pax.length),
        block(pax),
        header('./ping', '0', 3),
        block(Buffer.from('abc')),
        header('./null', '3', 0),
        Buffer.alloc(1024),
      ]),
    );
    const { entries } = await readTarEntries(archive);
    expect(entries.map(({ path, kind, sizeBytes }) => [path, kind, sizeBytes])).toEqual([
      ['./ping', 'file', 3],
      ['./null', 'character-device', 0],
    ]);
    expect(entries.map(({ xattrs }) => [...xattrs])).toEqual([[['security.capability', value]], []]);
  });

  test('that is damaged, or ends before its mark, is no empty archive', async () => {
    const archive = join(folder, 'broken.tar');
    await writeFile(archive, '');
    await expect(readTarEntries(archive)).rejects.toThrow(/broken\.tar ends at byte 0 without the mark/);
    await writeFile(archive, header('./x', '0', 0));
    await expect(readTarEntries(archive)).rejects.toThrow(/ends at byte 512/);
    await writeFile(archive, Buffer.alloc(1024, 'x'));
    await expect(readTarEntries(archive)).rejects.toThrow(/is no tar, or damaged at byte 0/);
  });
});

/** A ustar header of root's own. */
function header(path: string, type: string, sizeBytes: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write(path, 0);
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(sizeBytes, 124, 12);
  octal(1_700_000_000, 136, 12);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}

describe('a tree of placed files', () => {
  test('is the same as entries, as an archive and as a folder, and belongs to root', async () => {
    const source = join(folder, 'kernel');
    await writeFile(source, 'kernel', { mode: 0o600 });
    const files = [
      { path: 'edge/linux', file: source },
      { path: 'a.conf', content: 'é' },
      { path: 'usr/lib', folder: true as const },
    ];
    const tree = new PlacedTree(files, join(folder, 'placed'), 1_700_000_000);
    const entries = await tree.entries();
    expect(entries.map(({ path, kind, sizeBytes }) => [path, kind, sizeBytes])).toEqual([
      ['edge', 'folder', 0],
      ['usr', 'folder', 0],
      ['usr/lib', 'folder', 0],
      ['a.conf', 'file', 2],
      ['edge/linux', 'file', 6],
    ]);
    const packed = (await readTarEntries(await tree.archive())).entries;
    const sorted = (list: typeof entries) =>
      list
        .map((entry) => ({ ...entry, path: entry.path.replace(/\/$/, '') }))
        .sort((a, b) => (a.path < b.path ? -1 : 1));
    expect(sorted(packed)).toEqual(sorted(entries));
    expect(await readFile(join(await tree.folder(), 'edge/linux'), 'utf8')).toBe('kernel');
  });

  test('may be empty', async () => {
    const tree = new PlacedTree([], join(folder, 'nothing'), 0);
    expect(await tree.entries()).toEqual([]);
    expect((await readTarEntries(await tree.archive())).entries).toEqual([]);
  });

  test('has its folders parents first, each once', () => {
    const paths = ['EFI/BOOT/BOOTX64.EFI', 'loader/loader.conf', 'EFI/systemd/x.efi', 'top'];
    expect(parentFolders(paths.map((path) => ({ path, content: '' })))).toEqual([
      'EFI',
      'EFI/BOOT',
      'EFI/systemd',
      'loader',
    ]);
  });
});

test('a tree of archives is a folder too, without what no container of this stage may make', async () => {
  const archive = join(folder, 'devices.tar');
  const data = Buffer.concat([Buffer.from('abc'), Buffer.alloc(509)]);
  await writeFile(
    archive,
    Buffer.concat([header('./file', '0', 3), data, header('./null', '3', 0), Buffer.alloc(1024)]),
  );
  const tree = new TarTree([new TarArchive(archive)], join(folder, 'devices'));
  expect(await tree.archive()).toBe(archive);
  expect(await readFile(join(await tree.folder(), 'file'), 'utf8')).toBe('abc');
  await expect(readFile(join(await tree.folder(), 'null'))).rejects.toThrow(/ENOENT/);
});

test('what an archive tells is read once, whoever asks for it', async () => {
  const path = join(folder, 'once.tar');
  await writeFile(path, Buffer.concat([header('./x', '0', 0), Buffer.alloc(1024)]));
  const archive = new TarArchive(path);
  expect(await archive.content()).toBe(await archive.content());
  expect(await new TarTree([archive], join(folder, 'once')).entries()).toEqual((await archive.content()).entries);
});

describe('fstab', () => {
  const rootfs = async (name: string, files: Record<string, string>) => {
    const root = join(folder, name);
    await mkdir(join(root, 'etc'), { recursive: true });
    for (const [path, text] of Object.entries(files)) await writeFile(join(root, path), text);
    await runTool('tar', ['--create', `--file=${root}.tar`, `--directory=${root}`, '.']);
    await mkdir(join(folder, `${name}-work`));
    const parts = { rootfs: new TarArchive(`${root}.tar`), modules: null, fstab: 'PARTUUID=1 / ext4 defaults 0 1\n' };
    return rootTree(parts, join(folder, `${name}-work`), 1_750_000_000);
  };
  const readFstab = (archive: string) =>
    readTool('tar', ['--extract', '--to-stdout', `--file=${archive}`, '--wildcards', '*etc/fstab']);

  test('is added, before the folder that decides its modes', async () => {
    const tree = await rootfs('plain', { 'etc/motd': 'hello' });
    const entries = await tree.entries();
    expect(await readFstab(await tree.archive())).toBe('PARTUUID=1 / ext4 defaults 0 1');
    expect(entries.map(({ path }) => path)).toEqual(['etc/', 'etc/fstab', './', './etc/', './etc/motd']);
  });

  test('of the definition stays', async () => {
    const tree = await rootfs('own', { 'etc/fstab': 'LABEL=mine / ext4 defaults 0 1' });
    expect(await readFstab(await tree.archive())).toBe('LABEL=mine / ext4 defaults 0 1');
  });
});

test('an archive that is gone is named', async () => {
  const missing = join(folder, 'missing');
  await expect(joinArchives([], missing, join(folder, 'none'))).rejects.toThrow(/dd exited with 1\n.*missing/);
});

test('a tool that ends well on half of its input has not ended well', async () => {
  const missing = createReadStream(join(folder, 'missing'));
  const run = runTool('cat', [], { stdin: missing, onLine: () => undefined });
  await expect(run).rejects.toThrow(/cat did not get all of its input: ENOENT/);
});

test('a tool that fails before it has read its input is told of by its own last lines', async () => {
  async function* endless() {
    for (;;) yield Buffer.alloc(1 << 16);
  }
  const run = runTool('sh', ['-c', 'echo no space >&2; exit 3'], {
    stdin: Readable.from(endless(), { objectMode: false }),
    onLine: () => undefined,
  });
  await expect(run).rejects.toThrow(/sh exited with 3\nno space/);
});
