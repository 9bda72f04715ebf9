import { expect, test } from 'vitest';
import { qcow2, qcow2Arguments } from './qcow2.ts';

test('it is compressed as it is asked for, and not at all only then', () => {
  expect(qcow2Arguments('disk.raw', 'disk.qcow2', 'zlib')).toContain('compat=1.1,compression_type=zlib');
  expect(qcow2Arguments('disk.raw', 'disk.qcow2', 'zstd')).toContain('compat=1.1,compression_type=zstd');
  expect(qcow2Arguments('disk.raw', 'disk.qcow2', 'none')).not.toContain('-c');
  expect(() => qcow2.make({ compression: 'lz4' })).toThrow(/compression/);
});

test('out-of-order writes, which make other bytes in every run, are never asked for', () => {
  for (const compression of ['zlib', 'zstd', 'none'] as const)
    expect(qcow2Arguments('disk.raw', 'disk.qcow2', compression)).not.toContain('-W');
});

test('it is the same sort of file whichever it is compressed with', () => {
  const made = qcow2.make({});
  expect(made('none')).toMatchObject({ extension: 'qcow2', disk: 'whole', bootable: true, compress: 'none' });
  for (const other of [made('zstd'), qcow2.make({ compression: 'none' })('none')])
    expect({ ...other, convert: null }).toEqual({ ...made('none'), convert: null });
});
