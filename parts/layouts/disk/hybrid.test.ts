import { expect, test } from 'vitest';
import { MiB } from '../../units.ts';
import { hybridTable } from './hybrid.ts';

const places = [
  { startBytes: MiB, sizeBytes: 64 * MiB },
  { startBytes: 65 * MiB, sizeBytes: 512 * MiB },
];

test('a partition that asks for it stands in the MBR, before the entry that says that there is a GPT', () => {
  const table = hybridTable([{ mbrType: 0x0c }, {}], { places });
  expect(table).toHaveLength(64);
  const entry = (index: number) => {
    const at = 16 * index;
    return [table?.readUInt8(at), table?.readUInt8(at + 4), table?.readUInt32LE(at + 8), table?.readUInt32LE(at + 12)];
  };
  // Not active, its type, first sector and number of sectors.
  expect(entry(0)).toEqual([0, 0x0c, 2048, 131_072]);
  expect(entry(1)).toEqual([0, 0xee, 1, 2047]);
  expect([entry(2), entry(3)]).toEqual([
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
});

test('where none asks, the MBR is the protective one', () => {
  expect(hybridTable([{}, {}], { places })).toBeUndefined();
});

test('there is room for three', () => {
  const four = Array.from({ length: 4 }, () => ({ mbrType: 0x83 }));
  expect(() => hybridTable(four, { places: [...places, ...places] })).toThrow(/room for 3 partitions, and 4/);
});
