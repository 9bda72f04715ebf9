/** Files that are there whole or not at all. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownerOnly, placeAtomically, writeAtomically, writeOnce } from '../../src/write-atomically.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-atomic-'));
  path = join(folder, 'file');
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async () => (await stat(path)).mode & 0o777;

describe('a file that is put in the place of another', () => {
  it('has the new content, the mode that was asked for, and nothing beside it', async () => {
    await writeFile(path, 'old and longer');
    await writeAtomically(path, 'new', ownerOnly);
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await modeOf()).toBe(0o600);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('is the old one until it is written, and stays so when that fails', async () => {
    await writeFile(path, 'old');
    const failing = placeAtomically(path, async (file) => {
      await file.writeFile('half of it');
      expect(await readFile(path, 'utf8')).toBe('old');
      throw new Error('the rest did not come');
    });
    await expect(failing).rejects.toThrow('the rest did not come');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('leaves nothing behind where its place is taken by a folder', async () => {
    await mkdir(path);
    await expect(writeAtomically(path, 'new')).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('is written by any number of writers at once, each whole', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(1000));
    await Promise.all(texts.map((text) => writeAtomically(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('gives back what was found out while writing', async () => {
    expect(await placeAtomically(path, async (file) => (await file.write('four')).bytesWritten)).toBe(4);
  });
});

describe('a file that is made once', () => {
  it('is the first one, whoever comes later', async () => {
    await Promise.all(['a', 'b', 'c'].map((text) => writeOnce(path, text, ownerOnly)));
    const first = await readFile(path, 'utf8');
    await chmod(path, 0o640);
    await writeOnce(path, 'd', ownerOnly);
    expect(await readFile(path, 'utf8')).toBe(first);
    expect(await modeOf()).toBe(0o640);
    expect(await readdir(folder)).toEqual(['file']);
  });
});
