import { expect, test } from 'vitest';
import { deriveUuid } from '../../../stage-images/contract/derive.ts';
import type { Entry } from '../../file-tree/file-tree.ts';
import { MiB } from '../../units.ts';
import { leastBytes, xfsBytes } from './size.ts';
import { xfs, xfsArguments } from './xfs.ts';

function entry(path: string, rest: Partial<Entry> = {}): Entry {
  return {
    ...{ path, kind: 'file', uid: 0, gid: 0, mode: 0o644, sizeBytes: 0, mtime: 0, link: '', xattrs: new Map() },
    ...rest,
  };
}

test('it takes no parameters, is written to, and grows', () => {
  expect(xfs.make({})).toMatchObject({ writable: true, grows: true, readByUefi: false, keepsOwners: true });
  expect(() => xfs.make({ compression: 'zstd' })).toThrow(/compression/);
});

test('identifiers follow from the key, and nothing from the machine', () => {
  const told = xfsArguments('/image', '/tree', { key: 'ab'.repeat(32), label: 'root' });
  expect(told.join(' ')).toContain(`uuid=${deriveUuid('ab'.repeat(32), 'file-system', 'root')}`);
  expect(told.slice(-3)).toEqual(['-p', '/tree,atime=0', '/image']);
});

test('its size holds the content, what is to be free, and the log; and is never below the least that there is', () => {
  expect(xfsBytes([], () => 0)).toBe(leastBytes);
  const large = [entry('a', { sizeBytes: 1000 * MiB })];
  expect(xfsBytes(large, (content) => content)).toBeGreaterThan(2000 * MiB + 64 * MiB);
  expect(xfsBytes(large, () => 0) % MiB).toBe(0);
});

test('many small files, long names and attributes are counted', () => {
  const many = Array.from({ length: 300_000 }, (_, index) => entry(`folder/${index}`));
  expect(xfsBytes(many, () => 0)).toBeGreaterThan(300_000 * 512 + 64 * MiB);
  const xattrs = new Map([['user.large', Buffer.alloc(60_000)]]);
  const told = Array.from({ length: 10_000 }, (_, index) => entry(`f${index}`, { xattrs }));
  expect(xfsBytes(told, () => 0)).toBeGreaterThan(10_000 * 60_000);
});
