/** Where a disk image has data, and where it has holes. */
import * as z from 'zod';
import type { Extent } from '../contract/hash.ts';
import { readTool } from '../contract/tool.ts';

/** Of qemu-img(1), `map --output=json`; other members tell of backing files and compression. */
const ImageMap = z.array(
  z.object({ start: z.int().nonnegative(), length: z.int().positive(), data: z.boolean(), zero: z.boolean() }),
);

/** The parts of a raw image that are not known to be zeros. Where a file system cannot tell holes, that is all of it. */
export async function writtenExtents(disk: string): Promise<Extent[]> {
  return parseImageMap(await readTool('qemu-img', ['map', '-f', 'raw', '--output=json', disk]));
}

export function parseImageMap(json: string): Extent[] {
  return ImageMap.parse(JSON.parse(json))
    .filter(({ data, zero }) => data || !zero)
    .map(({ start, length }) => ({ startBytes: start, sizeBytes: length }));
}
