/** The disk, byte for byte: with holes, or as a zstd(1) file. */
import { runTool } from '../../../stage-images/contract/tool.ts';
import { definePart } from '../../part.ts';
import type { Compression, Format } from '../format.ts';
import { RawParams } from './params.ts';

const plain: Format = {
  extension: 'raw',
  mediaType: 'application/octet-stream',
  disk: 'whole',
  sparse: true,
  bootable: true,
  qemu: { driver: 'raw', packed: null },
  convert: null,
};

const compressed: Format = {
  ...plain,
  extension: 'raw.zst',
  mediaType: 'application/zstd',
  sparse: false,
  qemu: { driver: 'raw', packed: 'zstd' },
  // Any number of threads gives the same output, only `--single-thread` another.
  convert: (disk, target) => runTool('zstd', ['--quiet', '-3', '--threads=0', '-o', target, disk]),
};

export const raw = definePart(
  RawParams,
  () => (compression: Compression) => (compression === 'zstd' ? compressed : plain),
);
