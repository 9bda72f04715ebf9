/** The command line of xorriso(1), as xorrisofs(1) has it: with every date and identifier in it, so that the same bytes come out each time. */
import type { CdBoot } from './grub-for-cd.ts';

export interface Medium {
  /** What is on it, and the file to write. */
  folder: string;
  target: string;
  /** The names of the volume and of its set. */
  volume: string;
  set: string;
  /** Of the partition table. */
  guid: string;
  /** Seconds since the epoch. */
  sourceDate: number;
  boot: Pick<CdBoot, 'bios'>;
  /** The file system with the program for UEFI firmware. */
  uefiImage: string;
  /** A file system that becomes one more partition. */
  kept?: string | undefined;
}

/** The type of an EFI system partition (UEFI 2.10 §5.3.3). */
const espType = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';

/** Of a Linux file system (Discoverable Partitions Specification). */
const dataType = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';

export function xorrisoArguments({
  folder,
  target,
  volume,
  set,
  guid,
  sourceDate,
  boot,
  uefiImage,
  kept,
}: Medium): string[] {
  return [
    ...['-as', 'mkisofs', '-quiet', '-o', target],
    ...['-V', volume, '-volset', set, '-r', '-iso-level', '3'],
    ...[`--modification-date=${centiseconds(sourceDate)}`, '--set_all_file_dates', `=${sourceDate}`],
    ...(boot.bios ? biosArguments(boot.bios) : []),
    // A partition behind the ISO 9660 file system; the CD's boot image is the same bytes.
    ...['--gpt_disk_guid', guid, '-append_partition', '2', espType, uefiImage, '-appended_part_as_gpt'],
    ...(kept === undefined ? [] : ['-append_partition', '3', dataType, kept]),
    ...(boot.bios ? ['-eltorito-alt-boot'] : []),
    ...['-e', '--interval:appended_partition_2:all::', '-no-emul-boot'],
    folder,
  ];
}

/** GRUB reads the rest of its program by a table that is put into it; so does the first sector's code. */
function biosArguments({ path, firstSector }: NonNullable<CdBoot['bios']>): string[] {
  const image = [
    '-c',
    'grub/boot.cat',
    '-b',
    path,
    '-no-emul-boot',
    '-boot-load-size',
    '4',
    '-boot-info-table',
    '--grub2-boot-info',
  ];
  return [...image, '--grub2-mbr', firstSector];
}

/** YYYYMMDDhhmmsscc, in UTC. */
function centiseconds(seconds: number): string {
  return `${new Date(seconds * 1000)
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 14)}00`;
}
