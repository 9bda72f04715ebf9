/**
 * Code that BIOS firmware starts: the first sector's, and what that loads, in a BIOS boot partition. The partition lies in the gap
 * between the table and the first MiB, where nothing else is, so that the others stay where they would be without it.
 */
import { open, readFile } from 'node:fs/promises';
import type { CodePlacement, FilePlacement, Placement } from '../../placement.ts';
import type { BiosBootPlace } from '../layout.ts';
import { impossible } from './contents.ts';

const sectorBytes = 512;
/** Behind the first copy of the table, which ends with sector 33 (UEFI specification, 5.3.1). */
export const biosBoot: BiosBootPlace = { startSector: 34, sectors: 2048 - 34 };
/** https://www.gnu.org/software/grub/manual/grub/html_node/BIOS-installation.html */
export const biosBootType = '21686148-6449-6e6f-744e-656564454649';
/** Behind it the first sector has the disk's signature and the protective MBR's table (UEFI specification, 5.2.1). */
const mbrCodeBytes = 440;

interface Code {
  place: CodePlacement['at'];
  startBytes: number;
  content: Buffer;
}

/** What files and code there are. @throws StageFailure `boot.placement-impossible` for code that is too long, or for a CD */
export async function bootCode(placements: readonly Placement[]): Promise<{ files: FilePlacement[]; code: Code[] }> {
  const files = placements.flatMap((placement) => ('path' in placement ? placement : []));
  const code = await Promise.all(placements.flatMap((placement) => ('path' in placement ? [] : [readCode(placement)])));
  return { files, code };
}

/** Whether any of it goes into a BIOS boot partition, which the table then has. */
export function hasBiosBoot(code: readonly Code[]): boolean {
  return code.some(({ place }) => place === 'bios-boot');
}

/** Writes it into a disk that has its table already. */
export async function writeBootCode(disk: string, code: readonly Code[]): Promise<void> {
  if (code.length === 0) return;
  const file = await open(disk, 'r+');
  try {
    for (const { startBytes, content } of code) await file.write(content, 0, content.length, startBytes);
  } finally {
    await file.close();
  }
}

async function readCode({ at, file }: CodePlacement): Promise<Code> {
  if (at === 'el-torito')
    throw impossible(`The boot loader brings code for ${at}, and this layout has no place for it.`);
  const { startBytes, mostBytes } =
    at === 'mbr'
      ? { startBytes: 0, mostBytes: mbrCodeBytes }
      : { startBytes: biosBoot.startSector * sectorBytes, mostBytes: biosBoot.sectors * sectorBytes };
  const content = await readFile(file);
  if (content.length > mostBytes)
    throw impossible(
      `The boot loader's code for ${at} has ${content.length} bytes, and there is room for ${mostBytes}.`,
    );
  return { place: at, startBytes, content };
}
