import { expect, test } from 'vitest';
import { asWritten } from '../packed.ts';
import { raw } from './raw.ts';

test('it is the disk itself, with its holes', () => {
  expect(raw.make({})('none')).toMatchObject({ extension: 'raw', sparse: true, convert: null, bootable: true });
});

test('image.compression, of which it is the disk as it is, makes it another file', () => {
  expect(asWritten(raw.make({})('zstd'))).toMatchObject({ extension: 'raw.zst', sparse: false });
  expect(asWritten(raw.make({})('zstd'), 'none')).toMatchObject({ extension: 'raw', convert: null });
});
