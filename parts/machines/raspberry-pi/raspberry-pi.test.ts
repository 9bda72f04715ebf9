import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hybridTable } from '../../layouts/disk/hybrid.ts';
import { MiB } from '../../units.ts';
import { judgeFolder } from './boot-folder.ts';
import { compatibleOf } from './device-tree.ts';
import { firmwarePartition, tableBytes } from './firmware-partition.ts';
import { models } from './models.ts';
import { raspberryPi } from './raspberry-pi.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-raspberry-pi-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A flattened device tree with a root node of two properties. */
function deviceTree(...compatible: string[]): Buffer {
  const words = (...values: number[]) => Buffer.concat(values.map((value) => Buffer.from([0, 0, 0, value])));
  const value = Buffer.from(compatible.map((one) => `${one}\0`).join(''));
  const padded = Buffer.concat([value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
  const model = Buffer.concat([words(3, 4, 11), Buffer.from('abc\0')]);
  const structure = Buffer.concat([words(1, 0), words(4), model, words(3, value.length, 0), padded, words(2, 9)]);
  const strings = Buffer.from('compatible\0model\0');
  const header = Buffer.alloc(40);
  [0xd00dfeed, 40 + structure.length + strings.length, 40, 40 + structure.length].forEach((word, index) => {
    header.writeUInt32BE(word, index * 4);
  });
  return Buffer.concat([header, structure, strings]);
}

const image = Buffer.concat([Buffer.alloc(56), Buffer.from('ARM\x64'), Buffer.alloc(64)]);
const config = 'arm_64bit=1\nupstream_kernel=1\nkernel=vmlinuz\ninitramfs initrd followkernel\n';

const complete: Record<string, string | Buffer> = {
  'start4.elf': 'firmware',
  'fixup4.dat': 'firmware',
  'config.txt': config,
  'cmdline.txt': 'root=PARTUUID=1 ro\n',
  vmlinuz: image,
  initrd: 'initramfs',
  'bcm2711-rpi-4-b.dtb': deviceTree('raspberrypi,4-model-b', 'brcm,bcm2711'),
  'bcm2711-rpi-400.dtb': deviceTree('raspberrypi,400', 'brcm,bcm2711'),
  'bcm2711-rpi-cm4-io.dtb': deviceTree('raspberrypi,4-compute-module', 'brcm,bcm2711'),
};

/** What is wrong with what is there; `null` takes a file away. */
async function wrong(changed: Record<string, string | Buffer | null> = {}, model = models['4']) {
  for (const [name, content] of Object.entries({ ...complete, ...changed })) {
    if (content === null) continue;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const { problems } = await judgeFolder(folder, model);
  return problems.map(({ message }) => message);
}

describe('the files on the FAT partition', () => {
  test('are as they should be', async () => {
    expect(await wrong()).toEqual([]);
  });

  test.each([
    ['start4.elf is missing', { 'start4.elf': null }, ['its firmware needs start4.elf, and there is no such file']],
    ['config.txt is missing', { 'config.txt': null }, ['its firmware needs config.txt, and there is no such file']],
    ['the initramfs is missing', { initrd: null }, ['config.txt names initrd, and there is no such file']],
    ['the kernel is another', { vmlinuz: 'MZ zimg' }, ['the kernel is missing, or is no plain Image of arm64']],
    [
      'a device tree is another board’s',
      { 'bcm2711-rpi-4-b.dtb': deviceTree('raspberrypi,3-model-b') },
      ['bcm2711-rpi-4-b.dtb is not the device tree of the board: it is for raspberrypi,3-model-b'],
    ],
    [
      'a device tree is cut off',
      { 'bcm2711-rpi-400.dtb': deviceTree('raspberrypi,400').subarray(0, 60) },
      ['bcm2711-rpi-400.dtb is not the device tree of the board: it is no device tree'],
    ],
    [
      'the kernel would be started in 32 bits',
      { 'config.txt': config.replace('arm_64bit=1', 'arm_64bit=0') },
      ['config.txt has no arm_64bit=1, so the kernel would be started in 32 bits'],
    ],
    [
      'an overlay is missing',
      { 'config.txt': `${config}dtoverlay=disable-bt,x=1\n` },
      ['config.txt names overlays/disable-bt.dtbo, and there is no such file'],
    ],
    [
      'the command line has two lines',
      { 'cmdline.txt': 'root=PARTUUID=1\nro\n' },
      ['the kernel command line is not one line of a file, with root= in it'],
    ],
    [
      'a line is cut off',
      { 'config.txt': `${config}# ${'x'.repeat(98)}\n` },
      [expect.stringMatching(/^the firmware reads 98 characters of a line/)],
    ],
  ])('%s', async (_, changed, expected) => {
    expect(await wrong(changed)).toEqual(expected);
  });

  test('are found by names in capitals, by a prefix, and where sections of other models say nothing', async () => {
    const more = '[pi3]\ndtoverlay=none\n[pi4]\nos_prefix=new/\n[all]\ncmdline=CMDLINE.TXT\n';
    expect(await wrong({ 'config.txt': config + more, vmlinuz: null, 'new/vmlinuz': image })).toEqual([]);
  });

  test('have the names of model 3 that config.txt says, and no firmware on model 5', async () => {
    const three = Object.fromEntries(models['3'].trees.map(({ name, compatible }) => [name, deviceTree(compatible)]));
    const firmware = { 'bootcode.bin': 'x', 'start.elf': 'x', 'fixup.dat': 'x' };
    expect(await wrong({ ...three, ...firmware }, models['3'])).toEqual([]);
    const own = { 'config.txt': config.replace('upstream_kernel=1\n', '') };
    expect(await wrong({ ...three, ...firmware, ...own }, models['3'])).toContain(
      'its firmware needs bcm2710-rpi-3-b.dtb, and there is no such file',
    );
  });
});

test('no compatible device tree without one that says so', () => {
  expect(compatibleOf(deviceTree('raspberrypi,5-model-b', 'brcm,bcm2712'))).toEqual([
    'raspberrypi,5-model-b',
    'brcm,bcm2712',
  ]);
  expect(compatibleOf(Buffer.from('no device tree'))).toBeUndefined();
});

describe('the partition', () => {
  const gpt = (types: string[]) => {
    const start = Buffer.alloc(tableBytes);
    start.writeUInt16LE(0xaa55, 510);
    start.writeUInt8(0xee, 446 + 4);
    start.write('EFI PART', 512);
    start.writeBigUInt64LE(2n, 512 + 72);
    start.writeUInt32LE(128, 512 + 84);
    types.forEach((hex, index) => {
      start.write(hex, 1024 + 128 * index, 'hex');
      start.writeBigUInt64LE(BigInt(2048 * (index + 1)), 1024 + 128 * index + 32);
    });
    return start;
  };
  // As it lies on the disk: C12A7328-F81F-11D2-BA4B-00A0C93EC93B.
  const esp = '28732ac11ff8d211ba4b00a0c93ec93b';

  test('is what an MBR beside the GPT names, for models that read no GPT as well', () => {
    const start = gpt(['45b021b9f01dc341af444c6f280d3fae', esp]);
    expect(firmwarePartition(start, models['3'])).toBeUndefined();
    expect(firmwarePartition(start, models['5'])).toEqual({ startBytes: 4096 * 512, table: 'GPT' });
    hybridTable([{ mbrType: 0x0c }], { places: [{ startBytes: MiB, sizeBytes: MiB }] })?.copy(start, 446);
    for (const model of Object.values(models))
      expect(firmwarePartition(start, model)).toEqual({ startBytes: MiB, table: 'MBR' });
  });

  test('is none of the type of UEFI in an MBR before model 4, and none on what is no disk', () => {
    const start = gpt([]);
    hybridTable([{ mbrType: 0xef }], { places: [{ startBytes: MiB, sizeBytes: MiB }] })?.copy(start, 446);
    expect(firmwarePartition(start, models['3'])).toBeUndefined();
    expect(firmwarePartition(start, models['4'])).toMatchObject({ table: 'MBR' });
    expect(firmwarePartition(Buffer.alloc(100), models['4'])).toBeUndefined();
  });

  test('is missed on a disk without a table', async () => {
    const disk = join(folder, 'disk');
    await writeFile(disk, Buffer.alloc(tableBytes));
    const { inspection } = raspberryPi.make({ model: '3' });
    const { problems } = 'inspect' in inspection ? await inspection.inspect(disk, folder) : expect.fail();
    expect(problems.map(({ message }) => message)).toEqual([
      'its firmware finds no FAT partition by the MBR, and reads no GPT',
    ]);
    expect(await readFile(disk)).toHaveLength(tableBytes);
  });
});
