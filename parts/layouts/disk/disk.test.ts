/** The layout with file systems that only say what they were asked for: what goes where, whichever they are. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { deriveUuid } from '../../../stage-images/contract/derive.ts';
import { type FileTree, plainPath } from '../../file-tree/file-tree.ts';
import { PlacedTree } from '../../file-tree/placed-tree.ts';
import type { FileSystem } from '../../filesystems/file-system.ts';
import { fileSystems } from '../../filesystems/index.ts';
import type { CodePlacement, Placement } from '../../placement.ts';
import { MiB } from '../../units.ts';
import type { Partition } from '../layout.ts';
import { disk } from './disk.ts';
import { partitionScript } from './partition-table.ts';

/** In place of sfdisk(8), which the machine that tests need not have. */
vi.mock('../../../stage-images/contract/tool.ts', async (original) => {
  const real = await original<typeof import('../../../stage-images/contract/tool.ts')>();
  const run: typeof real.runTool = async (tool, args, options) =>
    tool === 'sfdisk' ? 0 : real.runTool(tool, args, options);
  return { ...real, runTool: run };
});

const key = 'ab'.repeat(32);
const typeGuid = '4f68bce3-e8cd-4db1-96e7-fbcaf984b709';
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-disk-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A file system that takes anything, and writes down what it was filled with. */
function recorder(readByUefi = false) {
  const filled: { paths: string[]; startBytes: number; sizeBytes: number; label: string }[] = [];
  const fileSystem: FileSystem = {
    ...{ readByUefi, writable: true, grows: true, keepsOwners: true },
    size: async (tree, free) => 10 * MiB + free((await tree.entries()).length),
    fill: async ({ startBytes, sizeBytes }, tree, { label }) => {
      const paths = (await tree.entries()).filter(({ kind }) => kind === 'file').map(({ path }) => plainPath(path));
      filled.push({ paths, startBytes, sizeBytes, label });
    },
  };
  return { filled, fileSystem };
}

function partition(role: string, fileSystem: FileSystem, use = 'recorder'): Partition {
  return { role, label: role, typeGuid, size: 'auto', fileSystem: { use, ...fileSystem } };
}

async function compose(
  partitions: Partition[],
  placements: Placement[],
  size = 'auto',
  files = [{ path: 'etc/motd', content: 'hi' }],
) {
  const root: FileTree = new PlacedTree(files, join(folder, 'root'), 0);
  const notes: string[] = [];
  const job = {
    target: join(folder, 'disk'),
    work: folder,
    key,
    sourceDate: 0,
    onPlanned: (n: string) => notes.push(n),
  };
  const made = await disk.make({}).compose({ root, partitions, size }, async () => placements, job);
  return { made, notes };
}

test('a partition of which the MBR tells, too, stands there as it lies on the disk', async () => {
  const { filled, fileSystem } = recorder(true);
  await compose([{ ...partition('esp', fileSystem), mbrType: 0x0c }, partition('root', fileSystem)], []);
  const start = (await readFile(join(folder, 'disk'))).subarray(446, 510);
  const [esp] = filled;
  expect([start.readUInt8(4), start.readUInt32LE(8) * 512, start.readUInt32LE(12) * 512]).toEqual([
    0x0c,
    esp?.startBytes,
    esp?.sizeBytes,
  ]);
});

describe('what a partition is for, and its file system, are two things', () => {
  test('any file system takes the files of the boot loader, the root, or nothing', async () => {
    const { filled, fileSystem } = recorder(true);
    const { made, notes } = await compose(
      ['esp', 'boot', 'data', 'root'].map((role) => partition(role, fileSystem)),
      [
        { at: 'esp', path: 'EFI/BOOT/BOOTX64.EFI', content: 'loader' },
        { at: 'boot', path: 'vmlinuz', content: 'kernel' },
        { at: 'root', path: 'etc/kernel/cmdline', content: 'quiet' },
      ],
    );
    expect(filled.map(({ label, paths }) => [label, paths])).toEqual([
      ['esp', ['EFI/BOOT/BOOTX64.EFI']],
      ['boot', ['vmlinuz']],
      ['data', []],
      ['root', ['etc/kernel/cmdline', 'etc/motd']],
    ]);
    expect((await stat(made.path)).size).toBe(made.sizeBytes);
    expect(notes).toEqual([
      'recorder to esp (64 MiB), recorder to boot (64 MiB), recorder to data (74 MiB), recorder to root (202 MiB)',
    ]);
  });

  test('without a partition for it, /boot is a folder of the root file system', async () => {
    const { filled, fileSystem } = recorder();
    await compose([partition('root', fileSystem)], [{ at: 'boot', path: 'vmlinuz', content: 'kernel' }]);
    expect(filled[0]?.paths).toEqual(['boot/vmlinuz', 'etc/motd']);
  });

  test('an EFI system partition that firmware cannot read is refused, saying why', async () => {
    const ext4 = fileSystems.ext4.make({});
    const attempt = compose([partition('esp', ext4, 'ext4'), partition('root', recorder().fileSystem)], []);
    await expect(attempt).rejects.toMatchObject({
      fault: 'user',
      error: {
        code: 'file-system.unfit',
        message: 'Partition esp is an EFI system partition, and UEFI firmware does not read ext4.',
      },
    });
  });

  test('an ext4 /boot and a FAT for data are sized by what is in them', async () => {
    const facts = { label: 'data', key, sourceDate: 0, work: folder };
    const [ext4, vfat] = [fileSystems.ext4.make({}), fileSystems.vfat.make({})];
    const kernel = new PlacedTree([{ path: 'vmlinuz', content: 'x'.repeat(20 * MiB) }], folder, 0);
    expect(await ext4.size(kernel, () => MiB, facts)).toBeGreaterThan(21 * MiB);
    expect(await vfat.size(new PlacedTree([], folder, 0), () => 64 * MiB, facts)).toBe(64 * MiB);
  });

  test('what is left of a disk goes to the root and to data, and none of it to what is read by firmware', async () => {
    const { filled, fileSystem } = recorder(true);
    await compose(
      ['esp', 'data', 'root'].map((role) => partition(role, fileSystem)),
      [],
      '1G',
    );
    const [esp, data, root] = filled.map(({ sizeBytes }) => sizeBytes / MiB);
    expect(esp).toBe(64);
    expect(data).toBeGreaterThan(400);
    expect(root).toBeGreaterThan(400);
  });
});

describe('partitions that are mounted on folders', () => {
  test('are filled with what the root has there', async () => {
    const { filled, fileSystem } = recorder(true);
    const files = ['etc/motd', 'home/a', 'boot/b', 'var/log/c'].map((path) => ({ path, content: 'x' }));
    const mounted = (role: string, mount: string) => ({ ...partition(role, fileSystem), mount });
    await compose(
      [
        partition('esp', fileSystem),
        mounted('root', '/'),
        mounted('home', '/home'),
        mounted('boot', '/boot'),
        mounted('var', '/var'),
        partition('swap', fileSystem),
      ],
      [{ at: 'boot', path: 'vmlinuz', content: 'kernel' }],
      'auto',
      files,
    );
    // They are filled side by side, so that any of them may be done first.
    expect(Object.fromEntries(filled.map(({ label, paths }) => [label, [...paths].sort()]))).toEqual({
      esp: [],
      root: ['etc/motd'],
      home: ['a'],
      boot: ['b', 'vmlinuz'],
      var: ['log/c'],
      swap: [],
    });
  });

  test('on what is no folder are refused, with their place in the definition', async () => {
    const { fileSystem } = recorder(true);
    const motd = {
      ...partition('data', fileSystem),
      ...{ mount: '/etc/motd', asked: { pointer: '/image/partitions/1', size: 'auto' } },
    };
    await expect(compose([partition('root', fileSystem), motd], [])).rejects.toMatchObject({
      fault: 'user',
      error: { code: 'image.mount-impossible', details: [{ pointer: '/image/partitions/1/mount' }] },
    });
  });

  test('one that grows gets what is left of the disk, and the others what their content needs', async () => {
    const { filled, fileSystem } = recorder(true);
    const growing = { ...partition('var', fileSystem), mount: '/var', grow: true };
    await compose([partition('esp', fileSystem), partition('root', fileSystem), growing], [], '2G');
    const sizes = Object.fromEntries(filled.map(({ label, sizeBytes }) => [label, sizeBytes / MiB]));
    expect(sizes.root).toBeLessThan(300);
    expect(sizes.var).toBeGreaterThan(1600);
  });
});

describe('what a boot loader brings', () => {
  const both = () => [partition('esp', recorder(true).fileSystem), partition('root', recorder().fileSystem)];

  test.each<[string, Placement, RegExp]>([
    ['code for a CD', { at: 'el-torito', file: '/x' }, /code for el-torito, and this layout has no place for it/],
    ['a path that climbs', { at: 'esp', path: '../x', content: '' }, /\.\.\/x .* relative path/],
    ['an absolute path', { at: 'esp', path: '/x', content: '' }, /relative path/],
    [
      'a copy of what is not there',
      { at: 'esp', path: 'x.efi', file: '/nowhere/x.efi' },
      /x\.efi .* \/nowhere\/x\.efi/,
    ],
    ['a file that the root has', { at: 'root', path: 'etc/motd', content: '' }, /etc\/motd .* already/],
  ])('%s is refused', async (_what, placement, message) => {
    await expect(compose(both(), [placement])).rejects.toThrow(message);
    await expect(compose(both(), [placement])).rejects.toMatchObject({ fault: 'user' });
  });

  test('code of the first sector and of a BIOS boot partition goes where firmware and the code look for it', async () => {
    const [mbr, core] = ['mbr', 'core.img'].map((name) => join(folder, name));
    await writeFile(mbr ?? '', Buffer.alloc(440, 1));
    await writeFile(core ?? '', Buffer.alloc(3000, 2));
    const code: Placement[] = [
      { at: 'mbr', file: mbr ?? '' },
      { at: 'bios-boot', file: core ?? '' },
    ];
    const { made } = await compose(both(), code);
    const image = await readFile(made.path);
    expect(image.subarray(0, 446)).toEqual(Buffer.concat([Buffer.alloc(440, 1), Buffer.alloc(6)]));
    const start = (disk.make({}).biosBoot?.startSector ?? 0) * 512;
    expect(start).toBe(34 * 512);
    expect(image.subarray(start - 1, start + 3001)).toEqual(
      Buffer.concat([Buffer.alloc(1), Buffer.alloc(3000, 2), Buffer.alloc(1)]),
    );
  });

  test.each<[CodePlacement['at'], number]>([
    ['mbr', 441],
    ['bios-boot', 2014 * 512 + 1],
  ])('code for %s that does not fit is refused', async (at, bytes) => {
    const file = join(folder, 'code');
    await writeFile(file, Buffer.alloc(bytes));
    await expect(compose(both(), [{ at, file }])).rejects.toThrow(`code for ${at} has ${bytes} bytes`);
  });

  test('the same file twice is refused', async () => {
    const file: Placement = { at: 'esp', path: 'a', content: '' };
    await expect(compose(both(), [file, file])).rejects.toThrow(/a of the partition for esp is written twice/);
  });

  test('a partition that it counts on must be planned', async () => {
    const file: Placement = { at: 'esp', path: 'a', content: '' };
    await expect(compose([partition('root', recorder().fileSystem)], [file])).rejects.toThrow(/a for esp, and no such/);
  });
});

test('the partition table names every place, type, id and label', () => {
  const layout = { diskBytes: 102 * MiB, places: [{ startBytes: MiB, sizeBytes: 100 * MiB }] };
  expect(partitionScript(key, [{ label: 'root', typeGuid }], layout)).toBe(
    [
      'label: gpt',
      `label-id: ${deriveUuid(key, 'disk')}`,
      'unit: sectors',
      'first-lba: 34',
      '',
      `start=2048, size=204800, type=${typeGuid}, uuid=${deriveUuid(key, 'partition', 'root')}, name="root"`,
      '',
    ].join('\n'),
  );
});

test('a BIOS boot partition lies before all others, and changes nothing of them', () => {
  const layout = { diskBytes: 102 * MiB, places: [{ startBytes: MiB, sizeBytes: 100 * MiB }] };
  const [without, withIt] = [false, true].map((bios) =>
    partitionScript(key, [{ label: 'root', typeGuid }], layout, bios),
  );
  const line = `start=34, size=2014, type=21686148-6449-6e6f-744e-656564454649, uuid=${deriveUuid(key, 'bios-boot')}, name="BIOS boot"\n`;
  expect(withIt?.replace(line, '')).toBe(without);
  expect(withIt).toContain(line);
});

test('kernel and fstab name a partition as the table does', () => {
  const layout = { diskBytes: 102 * MiB, places: [{ startBytes: MiB, sizeBytes: 100 * MiB }] };
  const uuid = disk.make({}).partitionUuid(key, 'root');
  expect(partitionScript(key, [{ label: 'root', typeGuid }], layout)).toContain(`uuid=${uuid},`);
});

test('what cannot be read is told before anything is written', async () => {
  await writeFile(join(folder, 'disk'), '');
  const { fileSystem } = recorder(true);
  await expect(compose([partition('root', fileSystem)], [])).rejects.toThrow(/EEXIST/);
});
