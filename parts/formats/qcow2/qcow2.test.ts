import { expect, test } from 'vitest';
import { qcow2, qcow2Arguments } from './qcow2.ts';

test('it is compressed with what every reader knows, unless zstd is asked for', () => {
  expect(qcow2Arguments('disk.raw', 'disk.qcow2', 'none')).toContain('compat=1.1,compression_type=zlib');
  expect(qcow2Arguments('disk.raw', 'disk.qcow2', 'zstd')).toContain('compat=1.1,compression_type=zstd');
  // Out-of-order writes would make other bytes in every run.
  expect(qcow2Arguments('disk.raw', 'disk.qcow2', 'none')).not.toContain('-W');
});

test('it is the same sort of file whichever it is compressed with', () => {
  const made = qcow2.make({});
  expect(made('none')).toMatchObject({ extension: 'qcow2', disk: 'whole', bootable: true, sparse: false });
  expect({ ...made('zstd'), convert: null }).toEqual({ ...made('none'), convert: null });
});
