/** The disk, byte for byte, with holes. */
import { definePart } from '../../part.ts';
import type { Format, ImageCompression } from '../format.ts';
import { RawParams } from './params.ts';

export const raw = definePart(
  RawParams,
  () =>
    (ofImage: ImageCompression): Format => ({
      extension: 'raw',
      mediaType: 'application/octet-stream',
      disk: 'whole',
      sparse: true,
      bootable: true,
      qemu: { driver: 'raw' },
      compress: ofImage,
      convert: null,
    }),
);
