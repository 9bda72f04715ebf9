/** qcow2, QEMU's own format, always compressed; written by qemu-img(1). */
import { runTool } from '../../../stage-images/contract/tool.ts';
import { definePart } from '../../part.ts';
import type { Compression, Format } from '../format.ts';
import { Qcow2Params } from './params.ts';

export const qcow2 = definePart(
  Qcow2Params,
  () =>
    (compression: Compression): Format => ({
      extension: 'qcow2',
      mediaType: 'application/octet-stream',
      disk: 'whole',
      sparse: false,
      bootable: true,
      qemu: { driver: 'qcow2', packed: null },
      convert: (disk, target) => runTool('qemu-img', qcow2Arguments(disk, target, compression)),
    }),
);

/**
 * zlib is what every reader of qcow2 knows; zstd is read by QEMU 5.1 and later, and takes a fraction of the time. Clusters are
 * written in order, so that the bytes are the same in every run.
 */
export function qcow2Arguments(disk: string, target: string, compression: Compression): string[] {
  const type = compression === 'zstd' ? 'zstd' : 'zlib';
  const options = ['-f', 'raw', '-O', 'qcow2', '-o', `compat=1.1,compression_type=${type}`];
  return ['convert', '-q', '-c', ...options, disk, target];
}
