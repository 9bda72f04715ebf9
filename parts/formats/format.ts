/** What an image is turned into. A new format is a folder here, its lines in index.ts and params.ts, and a component of kind format. */

import type { Part } from '../part.ts';

/** How image.compression of a definition wants images to be. */
export type Compression = 'none' | 'zstd';

export interface Format {
  /** How files of this format end, without the leading dot; also what the artifact's format is called, such as raw.zst. */
  readonly extension: string;
  /** As HTTP's Content-Type has it. */
  readonly mediaType: string;
  /** What a machine sees in it: a whole disk, a CD; null for what no machine takes as such, as an archive of files. */
  readonly disk: 'whole' | 'cdrom' | null;
  /** The file has holes, which whoever copies it should leave out. */
  readonly sparse: boolean;
  /** A machine can start from it. */
  readonly bootable: boolean;
  /** How QEMU reads it: the name of its block driver, behind a compression that has to be undone first; null where it cannot. */
  readonly qemu: { readonly driver: string; readonly packed: 'zstd' | null } | null;
  /**
   * Makes the file `target` out of the raw image `disk`: the same bytes in every run. null where that image itself, as it is, is
   * the artifact.
   */
  readonly convert: ((disk: string, target: string) => Promise<unknown>) | null;
}

/** A format by image.compression, which one may heed or not. */
export type FormatPart = Part<(compression: Compression) => Format>;
