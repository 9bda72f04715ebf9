/** What an image is turned into. A new format is a folder here, its lines in index.ts and params.ts, and a component of kind format. */

import type { Architecture } from '../../src/architecture.ts';
import type { Compression } from '../../src/definition/compression.ts';
import type { FileTree } from '../file-tree/file-tree.ts';
import type { Part } from '../part.ts';

/** What an image is made of, and what is known of it. */
export interface FormatSource {
  /** The path of the raw image of the disk, with holes. It must stay as it is. */
  disk: string;
  /** What is in the root file system. */
  root: FileTree;
  /** A folder of its own; it is there. */
  work: string;
  /** 64 hexadecimal digits, from which identifiers follow. */
  key: string;
  /** Of the distribution. */
  name: string;
  version: string;
  arch: Architecture;
  /** Seconds since the epoch. */
  sourceDate: number;
}

export interface Format {
  /** How files of this format end, without the leading dot; also what the artifact's format is called, such as qcow2. */
  readonly extension: string;
  /** As HTTP's Content-Type has it. */
  readonly mediaType: string;
  /** What a machine sees in it: a whole disk, a CD; null for what no machine takes as such, as an archive of files. */
  readonly disk: 'whole' | 'cdrom' | null;
  /** The file has holes, which whoever copies it should leave out. */
  readonly sparse: boolean;
  /** A machine can start from it. */
  readonly bootable: boolean;
  /** How QEMU reads it: the name of its block driver; null where it cannot. */
  readonly qemu: { readonly driver: string } | null;
  /** What the finished file is compressed with where the definition says nothing of that. */
  readonly compress: Compression;
  /** Makes the file `target`: the same bytes in every run. null where the raw image itself, as it is, is the artifact. */
  readonly convert: ((source: FormatSource, target: string) => Promise<unknown>) | null;
}

/** What image.compression of a definition can be. */
export type ImageCompression = 'none' | 'zstd';

/** A format by image.compression, which one may heed or not. */
export type FormatPart = Part<(compression: ImageCompression) => Format>;
