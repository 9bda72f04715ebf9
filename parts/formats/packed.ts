/** Finished files, compressed: whatever their format, with the same bytes in every run, however many processors there are. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Compression } from '../../src/definition/compression.ts';
import type { PackagedArtifact } from '../../src/stages/package/data.ts';
import { StageFailure } from '../../stage-images/contract/failure.ts';
import { pipeTools, runTool } from '../../stage-images/contract/tool.ts';
import type { Format } from './format.ts';

/** A format as it is written: what is compressed is another file, with facts of its own. */
export type WrittenFormat = Omit<Format, 'compress' | 'qemu'> & Pick<PackagedArtifact, 'qemu'>;

type Packing = Exclude<Compression, 'none'>;

interface Packer {
  /** What stands behind the format's own ending. */
  suffix: string;
  mediaType: string;
  pack(file: string, target: string): Promise<unknown>;
}

const packers: Readonly<Record<Packing, Packer>> = {
  zstd: {
    suffix: 'zst',
    mediaType: 'application/zstd',
    // Any number of threads gives the same output, only `--single-thread` another.
    pack: (file, target) => runTool('zstd', ['--quiet', '-3', '--threads=0', '-o', target, file]),
  },
  gzip: {
    suffix: 'gz',
    mediaType: 'application/gzip',
    // -n: neither the name of the file nor its time.
    pack: (file, target) => pipeTools([['gzip', '-n', '-6', '-c', '--', file], written(target)]),
  },
  xz: {
    suffix: 'xz',
    mediaType: 'application/x-xz',
    // Blocks of a fixed size give the same output with any number of threads; of these there are as many as memory allows.
    pack: (file, target) => pipeTools([['xz', ...xzOptions, '-c', '--', file], written(target)]),
  },
};

const xzOptions = ['--threads=0', '--block-size=24MiB', '--memlimit-compress=1GiB', '-6', '--quiet'] as const;

/** Writes the compressed file `target`. */
export function packFile(packing: Packing, file: string, target: string): Promise<unknown> {
  return packers[packing].pack(file, target);
}

/** The format compressed with `compress`; absent: as it says itself. */
export function asWritten(format: Format, compress: Compression = format.compress): WrittenFormat {
  const { compress: _own, qemu, ...facts } = format;
  if (compress === 'none') return { ...facts, qemu: qemu && { ...qemu, packed: null } };
  if (format.beside) throw notOneFile(format.extension);
  const { suffix, mediaType, pack } = packers[compress];
  return {
    ...facts,
    extension: `${format.extension}.${suffix}`,
    mediaType,
    sparse: false,
    qemu: qemu && { ...qemu, packed: compress },
    convert: async (source, target) => {
      if (format.convert === null) return pack(source.disk, target);
      const plain = join(source.work, `plain.${format.extension}`);
      await format.convert(source, plain);
      await pack(plain, target);
      await rm(plain);
    },
  };
}

/** What names the others would not find them. */
function notOneFile(extension: string): StageFailure {
  return new StageFailure({
    code: 'image.not-one-file',
    message: `An .${extension} comes with files beside it, which are read as they are: they cannot be compressed.`,
    hint: 'Take `compress` away from this format.',
    details: [
      {
        pointer: '/image/formats',
        message: `has a format with \`compress\` that makes .${extension} and files beside it`,
      },
    ],
  });
}

function written(target: string): readonly [string, ...string[]] {
  return ['dd', `of=${target}`, 'bs=1M', 'iflag=fullblock', 'status=none'];
}
