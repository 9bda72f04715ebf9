import { describe, expect, test } from 'vitest';
import { repart } from './repart.ts';

const made = repart.make({});
const [esp, data, root] = ['c12a7328', '0fc63daf', '4f68bce3'].map((start) => `${start}-0000-0000-0000-000000000000`);
const partitions = [
  { typeGuid: esp ?? '', grow: false },
  { typeGuid: data ?? '', grow: false },
  { typeGuid: root ?? '', grow: false },
  { typeGuid: data ?? '', grow: true },
];
const has = (path: string) => path === 'usr/bin/systemd-repart';

describe('what makes a partition grow', () => {
  test('is a definition for each partition of its type, in order, of which one takes what is free', () => {
    expect(made.files(partitions, { overlaid: false, has })).toEqual([
      { path: 'usr/lib/repart.d/001-partition.conf', content: `[Partition]\nType=${data}\nWeight=0\n` },
      { path: 'usr/lib/repart.d/002-partition.conf', content: `[Partition]\nType=${data}\n` },
    ]);
  });

  test('is told the disk where / is a layer in memory', () => {
    const files = made.files(partitions, { overlaid: true, has });
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'usr/lib/systemd/system/systemd-repart.service.d/50-disk.conf',
        'usr/lib/systemd/grow-partition',
      ]),
    );
    expect(JSON.stringify(files)).toContain('/run/overlay/lower');
  });

  test('is refused where no package brought it', () => {
    expect(() => made.files(partitions, { overlaid: false, has: () => false })).toThrow(/no package .* systemd-repart/);
    expect(() =>
      made.files(partitions, { overlaid: false, has: (path) => path === 'bin/systemd-repart' }),
    ).not.toThrow();
  });
});
