/** GRUB's programs for a CD: it finds the CD by the image's marker, wherever the firmware says it was started from. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grubTargets } from '../../../src/architecture.ts';
import { removableMediaPath } from '../../bootloaders/esp.ts';
import { grubFolder, searchText } from '../../bootloaders/grub/menu.ts';
import { makeGrubImage } from '../../bootloaders/grub/mkimage.ts';
import type { LiveSystem } from '../format.ts';

interface CopiedFile {
  path: string;
  file: string;
}

export interface CdBoot {
  /** Files of the CD. */
  files: readonly CopiedFile[];
  /** The program for UEFI firmware, in a file system of its own. */
  uefiProgram: CopiedFile;
  /** Where on the CD the program for BIOS firmware is, and the code of the first sector for it; null where no machine has such firmware. */
  bios: { path: string; firstSector: string } | null;
}

const biosTarget = 'i386-pc';

/** @throws StageFailure `boot.file-missing` */
export async function grubForCd({ facts, tools }: LiveSystem): Promise<CdBoot> {
  const { arch, imageId } = facts;
  const early = join(tools.work, 'cd.cfg');
  await writeFile(early, searchText(imageId));
  const image = { prefix: `/${grubFolder}`, early };
  const uefiProgram = {
    path: removableMediaPath(arch),
    file: await makeGrubImage({ ...image, target: grubTargets[arch], name: 'cd.efi', modules: ['iso9660'] }, tools),
  };
  if (arch !== 'x86_64') return { files: [], uefiProgram, bios: null };
  const file = await makeGrubImage(
    {
      ...image,
      ...{ target: biosTarget, format: `${biosTarget}-eltorito`, name: 'cd.img', modules: ['biosdisk', 'iso9660'] },
      parts: ['cdboot.img', 'lzma_decompress.img'],
    },
    tools,
  );
  const path = `${grubFolder}/cd.img`;
  const firstSector = await tools.bootFile(`/usr/lib/grub/${biosTarget}/boot_hybrid.img`);
  return { files: [{ path, file }], uefiProgram, bios: { path, firstSector } };
}
