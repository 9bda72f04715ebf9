import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTool, runTool } from '../../stage-images/contract/tool.ts';
import { joinArchives, readRootTree } from '../../stage-images/image-packager/root-tree.ts';

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

describe('fstab', () => {
  const rootfs = async (name: string, files: Record<string, string>) => {
    const root = join(folder, name);
    await mkdir(join(root, 'etc'), { recursive: true });
    for (const [path, text] of Object.entries(files)) await writeFile(join(root, path), text);
    await runTool('tar', ['--create', `--file=${root}.tar`, `--directory=${root}`, '.']);
    await mkdir(join(folder, `${name}-work`));
    const parts = { rootfs: `${root}.tar`, modules: null, fstab: 'PARTUUID=1 / ext4 defaults 0 1\n' };
    return readRootTree(parts, join(folder, `${name}-work`), 1_750_000_000);
  };
  const readFstab = (archive: string) =>
    readTool('tar', ['--extract', '--to-stdout', `--file=${archive}`, '--wildcards', '*etc/fstab']);

  test('is added, before the folder that decides its modes', async () => {
    const { entries, archive } = await rootfs('plain', { 'etc/motd': 'hello' });
    expect(await readFstab(archive)).toBe('PARTUUID=1 / ext4 defaults 0 1');
    expect(entries.map(({ path }) => path)).toEqual(['etc/', 'etc/fstab', './', './etc/', './etc/motd']);
  });

  test('of the definition stays', async () => {
    const { archive } = await rootfs('own', { 'etc/fstab': 'LABEL=mine / ext4 defaults 0 1' });
    expect(await readFstab(archive)).toBe('LABEL=mine / ext4 defaults 0 1');
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
