import { expect, test } from 'vitest';
import { bios } from './bios.ts';

test('is the usual PC without flash chips, which talks on the serial line', async () => {
  const machine = bios.make({}).on('x86_64');
  expect(machine).toMatchObject({ qemu: 'qemu-system-x86_64', type: 'q35,graphics=off', display: 'VGA' });
  expect(await machine.firmware('/none')).toEqual([]);
});

test('there is none of other architectures', () => {
  expect(() => bios.make({}).on('aarch64')).toThrow(/no machines of aarch64 with BIOS/);
});

test.each(['Boot failed: not a bootable disk', 'Boot failed: could not read the boot disk', 'No bootable device.'])(
  'tells when it finds nothing to boot: %s',
  (line) => {
    expect(bios.make({}).on('x86_64').nothingToBoot.pattern.test(line)).toBe(true);
  },
);
