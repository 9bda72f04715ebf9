import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Architecture } from '../../../src/architecture.ts';
import type { LiveSystem } from '../format.ts';
import { asWritten } from '../packed.ts';
import { grubForCd } from './grub-for-cd.ts';
import { iso, volumeName } from './iso.ts';
import { xorrisoArguments } from './xorriso.ts';

test('it is a CD, which starts under BIOS too where there are machines with such firmware', () => {
  const format = iso.make({})();
  expect(format).toMatchObject({ extension: 'iso', disk: 'cdrom', bootable: true, sparse: false });
  expect(format.machines?.x86_64.map(({ use }) => use)).toEqual(['uefi', 'bios']);
  expect(format.machines?.aarch64.map(({ use }) => use)).toEqual(['uefi']);
  expect(asWritten(format, 'xz')).toMatchObject({ extension: 'iso.xz', disk: 'cdrom', qemu: { packed: 'xz' } });
  expect(() => iso.make({ root: 'ext4' })).toThrow(/root/);
  for (const persistence of ['8M', '2T', '20%', 'auto']) expect(() => iso.make({ persistence })).toThrow(/persistence/);
  iso.make({ persistence: '512MiB' });
});

test('a volume has a name of capital letters, digits and _, and no more of them than fit', () => {
  expect(volumeName('edge-gateway', '1.2~rc1')).toBe('EDGE_GATEWAY_1_2_RC1');
  expect(volumeName('a'.repeat(40), '1')).toHaveLength(32);
});

describe('what starts it', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ldf-iso-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** With packages that have whatever is asked for. */
  async function boot(arch: Architecture) {
    const runs: (readonly string[])[] = [];
    const system = {
      facts: { arch, imageId: '0123-45' },
      tools: {
        work: folder,
        async bootFile(path: string) {
          const file = join(folder, 'unpacked', path);
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, path.endsWith('moddep.lst') ? '' : 'code');
          return file;
        },
        run: async (tool: string, args: readonly string[]) => void runs.push([tool, ...args]),
      },
    } as unknown as LiveSystem;
    return { boot: await grubForCd(system), runs };
  }

  test('are programs for both kinds of firmware, which look for the marker of the image', async () => {
    const { boot: made, runs } = await boot('x86_64');
    expect(runs.map((args) => args.find((arg) => arg.startsWith('--format=')))).toEqual([
      '--format=x86_64-efi',
      '--format=i386-pc-eltorito',
    ]);
    expect(runs.every((args) => args.includes('iso9660'))).toBe(true);
    expect(await readFile(join(folder, 'cd.cfg'), 'utf8')).toContain('search.file /grub/0123-45 root ');
    expect(made.uefiProgram).toEqual({ path: 'EFI/BOOT/BOOTX64.EFI', file: join(folder, 'cd.efi') });
    expect(made.bios).toEqual({
      path: 'grub/cd.img',
      firstSector: join(folder, 'unpacked/usr/lib/grub/i386-pc/boot_hybrid.img'),
    });
  });

  test('is one program on aarch64, and nothing for BIOS', async () => {
    const { boot: made, runs } = await boot('aarch64');
    expect(runs).toHaveLength(1);
    expect(made).toMatchObject({ files: [], uefiProgram: { path: 'EFI/BOOT/BOOTAA64.EFI' }, bios: null });
  });
});

describe("xorriso's command line", () => {
  const medium = {
    ...{ folder: '/medium', target: '/out/a', volume: 'A_1', set: '0123-45', guid: '01', sourceDate: 1_750_000_001 },
    uefiImage: '/uefi',
  };
  const withBios = xorrisoArguments({ ...medium, boot: { bios: { path: 'grub/cd.img', firstSector: '/hybrid' } } });

  test('has every date and identifier in it', () => {
    const words = withBios.join(' ');
    expect(words).toContain('--modification-date=2025061515064100 --set_all_file_dates =1750000001');
    expect(words).toContain('-V A_1 -volset 0123-45');
    expect(words).toContain('--gpt_disk_guid 01');
  });

  test('has one more partition for what is kept', () => {
    const words = xorrisoArguments({ ...medium, boot: { bios: null }, kept: '/kept' }).join(' ');
    expect(words).toContain(' -append_partition 3 0FC63DAF-8483-4772-8E79-3D69D8477DE4 /kept ');
    expect(withBios.join(' ')).not.toContain('-append_partition 3');
  });

  test('has a boot image for each kind of firmware', () => {
    expect(withBios.join(' ')).toMatch(/ -b grub\/cd.img .*--grub2-mbr \/hybrid .*-eltorito-alt-boot -e /);
    const words = xorrisoArguments({ ...medium, boot: { bios: null } });
    expect(words).not.toContain('-b');
    expect(words).not.toContain('-eltorito-alt-boot');
    expect(words).toContain('-e');
  });
});
