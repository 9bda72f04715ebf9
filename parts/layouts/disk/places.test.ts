import { describe, expect, test } from 'vitest';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { MiB } from '../../units.ts';
import { layoutDisk, maxDiskBytes, type PartitionWish, parseSize } from './places.ts';

const esp: PartitionWish = {
  label: 'ESP',
  size: 'auto',
  need: { leastBytes: 34 * MiB, roomyBytes: 64 * MiB, grows: false },
};
const root: PartitionWish = {
  label: 'root',
  size: 'auto',
  need: { leastBytes: 200 * MiB + 1, roomyBytes: 400 * MiB, grows: true },
};

function failure(run: () => unknown): StageFailure {
  try {
    run();
  } catch (error) {
    if (error instanceof StageFailure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('a disk of automatic size', () => {
  test('gives every partition its room, one after the other, between the two partition tables', () => {
    expect(layoutDisk('auto', [esp, root])).toEqual({
      diskBytes: (1 + 64 + 400 + 1) * MiB,
      places: [
        { startBytes: MiB, sizeBytes: 64 * MiB },
        { startBytes: 65 * MiB, sizeBytes: 400 * MiB },
      ],
    });
  });

  test('keeps every partition on whole MiB', () => {
    const odd = { ...esp, need: { ...esp.need, roomyBytes: 64 * MiB + 1 } };
    const { places } = layoutDisk('auto', [odd, root]);
    expect(places.map(({ startBytes, sizeBytes }) => [startBytes / MiB, sizeBytes / MiB])).toEqual([
      [1, 65],
      [66, 400],
    ]);
  });

  test('honours a planned partition size exactly', () => {
    const { places } = layoutDisk('auto', [{ ...esp, size: '512M' }, root]);
    expect(places[0]?.sizeBytes).toBe(512 * MiB);
  });

  test('refuses a planned partition size that is too small, naming the partition and what it needs', () => {
    const { error } = failure(() => layoutDisk('auto', [{ ...esp, size: '33M' }, root]));
    expect(error.code).toBe('image.too-small');
    expect(error.message).toContain('ESP');
    expect(error.message).toContain('34M');
  });
});

describe('sizes that a definition asks for', () => {
  const asked = (label: string, size: string, index: number): PartitionWish => ({
    ...root,
    label,
    size,
    asked: { pointer: `/image/partitions/${index}`, size: index === 2 ? '20%' : size },
  });

  test('and that are too small are all named, with what would do', () => {
    const { error, fault } = failure(() => layoutDisk('2G', [esp, asked('root', '100M', 1), asked('var', '150M', 2)]));
    expect(fault).toBe('user');
    expect(error.code).toBe('image.too-small');
    expect(error.message).toMatch(/root is planned with 100M.* 201M.*var is planned with 150M/);
    expect(error.details).toEqual(
      [
        { index: 1, from: '100M' },
        { index: 2, from: '20%' },
      ].map(({ index, from }) => ({
        pointer: `/image/partitions/${index}/size`,
        message: 'must be at least 201M',
        value: JSON.stringify(from),
        fixes: ['201M', 'auto'].map((to) => ({ pointer: `/image/partitions/${index}/size`, from, to })),
      })),
    );
    expect(layoutDisk('2G', [esp, asked('root', '201M', 1)]).places[1]?.sizeBytes).toBe(201 * MiB);
  });
});

describe('a disk of explicit size', () => {
  test('is exactly that large, and what grows takes the rest', () => {
    const { diskBytes, places } = layoutDisk('2G', [esp, root]);
    expect(diskBytes).toBe(2 ** 31);
    expect(places[1]).toEqual({ startBytes: 65 * MiB, sizeBytes: (2048 - 66) * MiB });
  });

  test('shares the rest among all that grow', () => {
    const { places } = layoutDisk('2G', [esp, root, { ...root, label: 'other' }]);
    expect(places[1]?.sizeBytes).toBe(places[2]?.sizeBytes);
    expect((places[2]?.startBytes ?? 0) + (places[2]?.sizeBytes ?? 0)).toBeLessThanOrEqual(2 ** 31 - MiB);
  });

  test('leaves room at the end when nothing grows', () => {
    const { diskBytes, places } = layoutDisk('1G', [esp, { ...root, size: '300M' }]);
    expect(diskBytes).toBe(2 ** 30);
    expect(places[1]?.sizeBytes).toBe(300 * MiB);
  });

  test('that is too small is refused with the least size that does, which does', () => {
    const { error, fault } = failure(() => layoutDisk('128M', [esp, root]));
    expect(fault).toBe('user');
    expect(error).toMatchObject({ code: 'image.too-small', details: [{ pointer: '/image/size', value: '"128M"' }] });
    expect(error.message).toContain('267M');
    expect(error.details?.[0]?.fixes).toEqual(
      ['267M', 'auto'].map((to) => ({ pointer: '/image/size', from: '128M', to })),
    );
    expect(layoutDisk('267M', [esp, root]).places[1]?.sizeBytes).toBe(201 * MiB);
    expect(failure(() => layoutDisk('266M', [esp, root])).error.message).toContain('267M');
  });

  test('that would keep a build busy for hours is refused', () => {
    expect(layoutDisk('256G', [esp, root]).diskBytes).toBe(maxDiskBytes);
    expect(failure(() => layoutDisk('257G', [esp, root])).error).toMatchObject({
      code: 'image.too-large',
      details: [{ pointer: '/image/size' }],
    });
  });
});

test('sizes are in binary units', () => {
  expect([parseSize('1M'), parseSize('2G'), parseSize('3T')]).toEqual([2 ** 20, 2 ** 31, 3 * 2 ** 40]);
});
