/**
 * How BIOS firmware starts GRUB: the first sector's code (boot.img) reads the first sector of the BIOS boot partition (diskboot.img at the
 * beginning of core.img), and that the rest. grub-bios-setup(8) writes the sectors' numbers into both, and wants a device for it; they
 * are written here, at the places that GRUB's boot.S and diskboot.S reserve (include/grub/i386/pc/boot.h).
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import type { Placement } from '../../placement.ts';
import type { BootFacts, BootTools } from '../boot-loader.ts';
import { grubFolder, searchText } from './menu.ts';
import { makeGrubImage } from './mkimage.ts';

const target = 'i386-pc';
const sectorBytes = 512;
/** GRUB_BOOT_MACHINE_KERNEL_SECTOR: where the code continues, a number of 64 bits. */
const kernelSectorAt = 0x5c;
/** GRUB_BOOT_MACHINE_BOOT_DRIVE: 0xff, the drive that firmware has started from. */
const bootDriveAt = 0x64;
/** GRUB_BOOT_MACHINE_DRIVE_CHECK: a jump over the check of that number, which some firmware gets wrong, gives way to two NOPs. */
const driveCheckAt = 0x66;
const nop = 0x90;
/** Where the first sector ends for a disk with a table. */
const mbrCodeBytes = 440;
/** The first block list of diskboot.img: first sector (64 bits), their count and their segment, which grub-mkimage(1) has filled in. */
const blockListAt = sectorBytes - 12;

/** @throws StageFailure `boot.placement-impossible` where the layout has no place for it */
export async function biosCode(facts: BootFacts, tools: BootTools): Promise<Placement[]> {
  const { biosBoot, imageId } = facts;
  if (biosBoot === null)
    throw new StageFailure({
      code: 'boot.placement-impossible',
      message: 'GRUB for BIOS firmware takes a BIOS boot partition, and this layout has no place for one.',
      hint: 'Choose another boot loader, or one with `params: { bios: false }`, which UEFI firmware alone starts.',
    });
  const early = join(tools.work, 'early.cfg');
  await writeFile(early, searchText(imageId));
  const parts = ['diskboot.img', 'lzma_decompress.img'];
  const image = { target, name: 'core.img', prefix: `/${grubFolder}`, modules: ['biosdisk'], parts, early };
  const core = await makeGrubImage(image, tools);
  await writeFile(core, coreAt(biosBoot.startSector, await readFile(core)));
  const boot = await readFile(await tools.bootFile(`/usr/lib/grub/${target}/boot.img`));
  const mbr = join(tools.work, 'mbr');
  await writeFile(mbr, bootSector(biosBoot.startSector, boot));
  return [
    { at: 'mbr', file: mbr },
    { at: 'bios-boot', file: core },
  ];
}

/** The code of the first sector. */
export function bootSector(coreSector: number, boot: Buffer): Buffer {
  const code = Buffer.from(boot.subarray(0, mbrCodeBytes));
  code.writeBigUInt64LE(BigInt(coreSector), kernelSectorAt);
  code.writeUInt8(0xff, bootDriveAt);
  code.fill(nop, driveCheckAt, driveCheckAt + 2);
  return code;
}

/** core.img whose first sector knows where the next one is. */
export function coreAt(coreSector: number, core: Buffer): Buffer {
  const placed = Buffer.from(core);
  placed.writeBigUInt64LE(BigInt(coreSector + 1), blockListAt);
  return placed;
}
