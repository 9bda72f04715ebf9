/**
 * GRUB (https://www.gnu.org/software/grub/manual/): one image that UEFI firmware starts and, on x86_64, BIOS firmware as well. All that
 * GRUB reads lies on the EFI system partition: FAT is the one file system that both kinds of firmware's GRUB can always read.
 */
import { type Architecture, grubTargets } from '../../../src/architecture.ts';
import { definePart } from '../../part.ts';
import type { Placement } from '../../placement.ts';
import type { BootLoader, BootTools } from '../boot-loader.ts';
import { removableMediaPath } from '../esp.ts';
import { biosCode } from './bios.ts';
import { grubFolder, grubMenu } from './menu.ts';
import { type GrubImage, makeGrubImage } from './mkimage.ts';
import { GrubParams } from './params.ts';

export const grub = definePart(
  GrubParams,
  (params): BootLoader => ({
    install: async (facts, tools) => [
      ...(await uefiProgram(facts.arch, tools)),
      ...(params.bios && facts.arch === 'x86_64' ? await biosCode(facts, tools) : []),
      ...grubMenu(facts, params),
    ],
  }),
);

/** It is told its partition by firmware, and finds its menu there. */
async function uefiProgram(arch: Architecture, tools: BootTools): Promise<Placement[]> {
  const image: GrubImage = { target: grubTargets[arch], name: 'grub.efi', prefix: `/${grubFolder}`, modules: [] };
  const file = await makeGrubImage(image, tools);
  return [{ at: 'esp', path: removableMediaPath(arch), file }];
}
