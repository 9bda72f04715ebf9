/**
 * VMDK, stream-optimised: compressed, to be imported by VMware (as part of an OVF, or by vCenter, ESXi and Workstation) and VirtualBox.
 * Written by qemu-img(1). VMware, "Virtual Disk Format 5.0", "Hosted Sparse Extents" and "Stream-Optimized Compressed Sparse Extents".
 */
import { runTool } from '../../../stage-images/contract/tool.ts';
import { definePart } from '../../part.ts';
import type { Format, FormatSource } from '../format.ts';
import { derivedBytes, readAt, requireSameDisk, requireSound, withFile, writeAt } from '../header.ts';
import { VmdkParams } from './params.ts';

export const vmdk = definePart(
  VmdkParams,
  ({ adapter }) =>
    (): Format => ({
      extension: 'vmdk',
      mediaType: 'application/x-vmdk',
      disk: 'whole',
      sparse: false,
      bootable: true,
      qemu: { driver: 'vmdk' },
      compress: 'none',
      convert: (source, target) => convert(source, target, adapter),
    }),
);

async function convert({ disk, key }: FormatSource, target: string, adapter: string): Promise<void> {
  const options = `subformat=streamOptimized,adapter_type=${adapter}`;
  await runTool('qemu-img', ['convert', '-q', '-f', 'raw', '-O', 'vmdk', '-o', options, disk, target]);
  await nameContent(target, contentId(key));
  await requireSound(target, 'vmdk');
  await requireSameDisk(disk, target, 'vmdk');
}

const sectorBytes = 512;
/** Of the header, in bytes: where the descriptor begins and how long it is, both in sectors. */
const descriptorOffset = 28;
const descriptorSize = 36;

/** What an image is known by to images that are differences from it; ffffffff is none. */
export function contentId(key: string): string {
  const id = derivedBytes(key, 'vmdk-content').toString('hex', 0, 4);
  return id === 'ffffffff' ? 'fffffffe' : id;
}

/** Puts eight hexadecimal digits in the place of the random ones in the descriptor of the image. */
export async function nameContent(image: string, id: string): Promise<void> {
  await withFile(image, async (file) => {
    const header = await readAt(file, 0, sectorBytes);
    if (header.toString('latin1', 0, 4) !== 'KDMV')
      throw new Error(`${image} does not start with the header of a VMDK`);
    const start = Number(header.readBigUInt64LE(descriptorOffset)) * sectorBytes;
    const descriptor = await readAt(file, start, Number(header.readBigUInt64LE(descriptorSize)) * sectorBytes);
    const text = descriptor.toString('latin1');
    const renamed = text.replace(/^CID=[0-9a-f]{1,8}$/m, `CID=${id}`);
    if (!renamed.includes(`\nCID=${id}\n`)) throw new Error(`the descriptor of ${image} has no CID`);
    // The random number may have had fewer digits: what is behind the text is padding.
    const padded = Buffer.alloc(descriptor.length);
    padded.write(renamed.replace(/\0+$/, ''), 'latin1');
    await writeAt(file, start, padded);
  });
}
