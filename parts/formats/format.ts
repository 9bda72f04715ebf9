/** What an image is turned into. A new format is a folder here, its lines in index.ts and params.ts, and a component of kind format. */

import type { Architecture } from '../../src/architecture.ts';
import type { Compression } from '../../src/definition/compression.ts';
import type { ArtifactFacts } from '../../src/stages/artifact-facts.ts';
import type { ChosenPart } from '../../src/stages/chosen-part.ts';
import type { BootFacts, BootTools } from '../bootloaders/boot-loader.ts';
import type { FileTree } from '../file-tree/file-tree.ts';
import type { Part } from '../part.ts';

/** What an image is made of, and what is known of it. */
export interface FormatSource {
  /** The path of the raw image of the disk, with holes. It must stay as it is. Only formats that are a whole disk find it there. */
  disk: string;
  /** What is in the root file system. */
  root: FileTree;
  /** The same as the root partition holds it: where the kernel decides by labels, every file has one. */
  labelledRoot(): Promise<FileTree>;
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
  /**
   * What a format needs whose system starts without the disk: an initramfs is made for it. @throws StageFailure
   * `kernel.module-missing` for what the kernel cannot do
   */
  live(wish: LiveWish): Promise<LiveSystem>;
}

/** What the initramfs of a live system loads, beside the drivers of every machine and the layer in memory above the root. */
export interface LiveWish {
  /** Modules without which nothing starts. */
  needed: readonly string[];
  /** Those of hardware that may not be there. */
  modules: readonly string[];
  /** Words for the kernel's command line, beside those of every live system. */
  words?: readonly string[];
  /** A folder of its own, for what is made; it is there. */
  work: string;
}

/** A system that runs from one file with its root file system, which nobody writes to. */
export interface LiveSystem {
  /** The root file system, as without the disk: none of its partitions is mounted. */
  root: FileTree;
  /** With an initramfs that looks for the file `live/<imageId>.<file system>`: in memory, or on a CD whose volume set has that name. */
  facts: BootFacts & { initramfs: string };
  tools: BootTools;
}

export interface Format {
  /** How files of this format end, without the leading dot; also what the artifact's format is called, such as qcow2. */
  readonly extension: string;
  /** As HTTP's Content-Type has it. */
  readonly mediaType: string;
  /** What a machine sees in it: a whole disk, a CD, what it loads over the network; null for what no machine takes as such. */
  readonly disk: ArtifactFacts['disk'];
  /** Files that are made beside it, each with its extension in the place of the target's. */
  readonly beside?: readonly Pick<Format, 'extension' | 'mediaType'>[];
  /** The file has holes, which whoever copies it should leave out. */
  readonly sparse: boolean;
  /** A machine can start from it. */
  readonly bootable: boolean;
  /**
   * The machines that it starts on, where these follow from the format: what boots from it is no boot loader of the definition's.
   * Absent: as components say.
   */
  readonly machines?: Readonly<Record<Architecture, readonly ChosenPart[]>>;
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
