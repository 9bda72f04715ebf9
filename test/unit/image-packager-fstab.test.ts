import { describe, expect, test } from 'vitest';
import type { Partition } from '../../stage-images/image-packager/filler.ts';
import { qcow2Arguments } from '../../stage-images/image-packager/formats.ts';
import { fstabText } from '../../stage-images/image-packager/fstab.ts';
import { partitionScript } from '../../stage-images/image-packager/partition-table.ts';

const partitions: Partition[] = [
  { role: 'esp', label: 'ESP', typeGuid: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b', fileSystem: 'vfat', size: 'auto' },
  { role: 'root', label: 'root', typeGuid: '4f68bce3-e8cd-4db1-96e7-fbcaf984b709', fileSystem: 'ext4', size: 'auto' },
];
const layout = {
  diskBytes: 1 << 30,
  places: [
    { startBytes: 1 << 20, sizeBytes: 64 << 20 },
    { startBytes: 65 << 20, sizeBytes: 512 << 20 },
  ],
};

describe('fstab', () => {
  const lines = ['PARTUUID={{root}} / ext4 errors=remount-ro 0 1', 'PARTUUID={{ESP}} /efi vfat nofail 0 0'];
  const key = 'a'.repeat(64);

  test('names the partitions as the partition table of the same image does', () => {
    const uuids = [...partitionScript(key, partitions, layout).matchAll(/ uuid=(\S+),/g)].map(([, uuid]) => uuid);
    expect(uuids).toHaveLength(2);
    expect(fstabText(lines, key, partitions)).toBe(
      `PARTUUID=${uuids[1]} / ext4 errors=remount-ro 0 1\nPARTUUID=${uuids[0]} /efi vfat nofail 0 0\n`,
    );
  });

  test('of another build names others, though the labels are the same', () => {
    expect(fstabText(lines, 'b'.repeat(64), partitions)).not.toBe(fstabText(lines, key, partitions));
  });

  test('keeps what is about no partition of the image', () => {
    expect(fstabText(['tmpfs /tmp tmpfs size=1G 0 0'], key, partitions)).toBe('tmpfs /tmp tmpfs size=1G 0 0\n');
  });

  test('of a partition that is not planned is an error', () => {
    expect(() => fstabText(['PARTUUID={{data}} /data ext4'], key, partitions)).toThrow(/data/);
  });
});

test('qcow2 is compressed with what every reader knows, unless zstd is asked for', () => {
  expect(qcow2Arguments('disk.raw', 'disk.qcow2', 'none')).toContain('compat=1.1,compression_type=zlib');
  expect(qcow2Arguments('disk.raw', 'disk.qcow2', 'zstd')).toContain('compat=1.1,compression_type=zstd');
  // Out-of-order writes would make other bytes in every run.
  expect(qcow2Arguments('disk.raw', 'disk.qcow2', 'none')).not.toContain('-W');
});
