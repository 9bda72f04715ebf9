/**
 * VHDX, dynamic: Hyper-V's format (generation 1 and 2). Written by qemu-img(1); [MS-VHDX], "Virtual Hard Disk v2 (VHDX) File Format".
 */
import { runTool } from '../../../stage-images/contract/tool.ts';
import { definePart } from '../../part.ts';
import type { Format, FormatSource } from '../format.ts';
import { requireSameDisk, requireSound } from '../header.ts';
import { identify } from './identify.ts';
import { VhdxParams } from './params.ts';

export const vhdx = definePart(
  VhdxParams,
  () => (): Format => ({
    extension: 'vhdx',
    mediaType: 'application/x-vhdx',
    disk: 'whole',
    sparse: false,
    bootable: true,
    qemu: { driver: 'vhdx' },
    compress: 'none',
    convert,
  }),
);

async function convert({ disk, key }: FormatSource, target: string): Promise<void> {
  await runTool('qemu-img', ['convert', '-q', '-f', 'raw', '-O', 'vhdx', '-o', 'subformat=dynamic', disk, target]);
  await identify(target, key);
  await requireSound(target, 'vhdx');
  await requireSameDisk(disk, target, 'vhdx');
}
