import { expect, test } from 'vitest';
import { deriveUuid } from '../../../stage-images/contract/derive.ts';
import { erofs, erofsArguments } from './erofs.ts';

const facts = { label: 'root', key: 'ab'.repeat(32), sourceDate: 1_750_000_000 };

test('every time stays as it is; only that of making it is given', () => {
  const told = erofsArguments('/image', '/tree.tar', facts, 'lz4hc');
  expect(told).toEqual(expect.arrayContaining(['-T1750000000', '--mkfs-time', '--preserve-mtime', '-zlz4hc,level=9']));
  expect(told).toContain(deriveUuid(facts.key, 'file-system', 'root'));
  expect(told.slice(-3)).toEqual(['--tar=f', '/image', '/tree.tar']);
});

test('it may be compressed with nothing, and with nothing that it does not know', () => {
  expect(erofsArguments('/image', '/tree.tar', facts, 'none').filter((word) => word.startsWith('-z'))).toEqual([]);
  expect(() => erofs.make({ compression: 'rar' })).toThrow(/compression/);
  expect(erofs.make({})).toMatchObject({ writable: false, readByUefi: false });
});
