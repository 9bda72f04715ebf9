/** qcow2, QEMU's own format; written by qemu-img(1), compressed unless it is asked not to be. */
import type * as z from 'zod';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { definePart } from '../../part.ts';
import type { Format, ImageCompression } from '../format.ts';
import { Qcow2Params } from './params.ts';

type ClusterCompression = NonNullable<z.infer<typeof Qcow2Params>['compression']>;

export const qcow2 = definePart(
  Qcow2Params,
  ({ compression }) =>
    (ofImage: ImageCompression): Format => ({
      extension: 'qcow2',
      mediaType: 'application/octet-stream',
      disk: 'whole',
      sparse: false,
      bootable: true,
      qemu: { driver: 'qcow2' },
      compress: 'none',
      convert: ({ disk }, target) =>
        runTool('qemu-img', qcow2Arguments(disk, target, compression ?? (ofImage === 'zstd' ? 'zstd' : 'zlib'))),
    }),
);

/** Clusters are written in order, so that the bytes are the same in every run. */
export function qcow2Arguments(disk: string, target: string, compression: ClusterCompression): string[] {
  const layout = (type: string) => ['-f', 'raw', '-O', 'qcow2', '-o', `compat=1.1${type}`];
  if (compression === 'none') return ['convert', '-q', ...layout(''), disk, target];
  return ['convert', '-q', '-c', ...layout(`,compression_type=${compression}`), disk, target];
}
