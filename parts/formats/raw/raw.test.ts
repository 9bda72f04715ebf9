import { expect, test } from 'vitest';
import { raw } from './raw.ts';

test('it is the disk itself, with its holes', () => {
  expect(raw.make({})('none')).toMatchObject({ extension: 'raw', sparse: true, convert: null, bootable: true });
});

test('compressed, it is another file, without holes, that has to be unpacked before a machine starts from it', () => {
  const compressed = raw.make({})('zstd');
  expect(compressed).toMatchObject({ extension: 'raw.zst', mediaType: 'application/zstd', sparse: false });
  expect(compressed.qemu).toEqual({ driver: 'raw', packed: 'zstd' });
  expect(compressed.convert).not.toBeNull();
});
