import { describe, expect, test } from 'vitest';
import { fstabText } from '../../../../stage-images/image-packager/fstab.ts';

describe('fstab', () => {
  const lines = ['PARTUUID={{root}} / ext4 errors=remount-ro 0 1', 'PARTUUID={{ESP}} /efi vfat nofail 0 0'];
  const labels = ['ESP', 'root'];
  const uuidOf = (label: string) => `uuid-of-${label}`;

  test('names the partitions by their own identifiers', () => {
    expect(fstabText(lines, labels, uuidOf)).toBe(
      'PARTUUID=uuid-of-root / ext4 errors=remount-ro 0 1\nPARTUUID=uuid-of-ESP /efi vfat nofail 0 0\n',
    );
  });

  test('keeps what is about no partition of the image', () => {
    expect(fstabText(['tmpfs /tmp tmpfs size=1G 0 0'], labels, uuidOf)).toBe('tmpfs /tmp tmpfs size=1G 0 0\n');
  });

  test('of a partition that is not planned is an error', () => {
    expect(() => fstabText(['PARTUUID={{data}} /data ext4'], labels, uuidOf)).toThrow(/data/);
  });
});
