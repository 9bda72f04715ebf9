/** How content and boot loader become one image. A new layout is a folder here, and its lines in index.ts and params.ts. */
import type * as z from 'zod';
import type { ImageSize } from '../../src/definition/image-size.ts';
import type { FileTree } from '../file-tree/file-tree.ts';
import type { FileSystem } from '../filesystems/file-system.ts';
import type { Labeller } from '../labels/labels.ts';
import type { Placement } from '../placement.ts';

/** A partition as it is planned, with the file system that it is to have. */
export interface Partition {
  /** What it is for: `esp`, `boot`, `root`, or another; it begins empty where nothing is mounted by it. */
  role: string;
  /** Letters, digits, _ and -, at most 11. */
  label: string;
  /** Its type in a GUID partition table (the Discoverable Partitions Specification). */
  typeGuid: string;
  /** `auto`: what the content needs, with room to spare. */
  size: z.infer<typeof ImageSize>;
  fileSystem: { use: string } & FileSystem;
  /** The type that an MBR has for it beside the GPT, for firmware that reads no GPT. */
  mbrType?: number | undefined;
  /** The folder that it is mounted on, an absolute path: it is filled with what the tree has there. Absent: see the role. */
  mount?: string | undefined;
  /** It takes what an explicit disk size leaves over, and the system makes it larger when the disk has grown. */
  grow?: boolean | undefined;
  /** dm-verity checks what is in it, by hashes in a partition of this label and type that follows it. */
  verity?: { label: string; typeGuid: string } | undefined;
  /** Where a definition asks for it, as a JSON pointer, and the size that it asks for. */
  asked?: { pointer: string; size: string } | undefined;
}

export interface Content {
  /** The root file system. */
  root: FileTree;
  partitions: readonly Partition[];
  /** Gives every file a label whose file system can keep it, where the kernel decides by labels. */
  labeller?: Labeller | undefined;
  /** Of the whole image. */
  size: z.infer<typeof ImageSize>;
}

/** Where an image is made, and what it has in common with everything else of its build. */
export interface LayoutJob {
  /** The path of the image, a new file. */
  target: string;
  /** A folder of its own; it is there. */
  work: string;
  /** 64 hexadecimal digits, from which identifiers follow. */
  key: string;
  /** Seconds since the epoch. */
  sourceDate: number;
  /** Is told what is about to be written, in a few words. */
  onPlanned(note: string): void;
}

/** An image that is complete. */
export interface Disk {
  path: string;
  sizeBytes: number;
}

/** Where code for BIOS firmware stands: what the first sector loads has to know it. Sectors have 512 bytes. */
export interface BiosBootPlace {
  startSector: number;
  sectors: number;
}

/** A partition that nothing may be written to any more: what is read from it is checked by this. */
export interface Seal {
  /** In hexadecimal digits, for `roothash=`. */
  rootHash: string;
  /** The partition's GUID, which follows from the hash. */
  partitionUuid: string;
}

export interface Layout {
  /** The place of `bios-boot` code; absent where the layout has none. */
  biosBoot?: BiosBootPlace;
  /** How the kernel's root= and fstab(5) name a partition: its PARTUUID. */
  partitionUuid(key: string, label: string): string;
  /**
   * @param place gives what the boot loader brings, as soon as it is known what the root file system is checked by, if anything checks it;
   * then nothing of it goes into the root file system
   * @throws StageFailure `image.too-small`, `image.too-large`; `boot.placement-impossible` where the layout has no such place;
   * `image.mount-impossible` for a tree that cannot be divided among the partitions; and those of the file systems.
   */
  compose(
    content: Content,
    place: (seal: Seal | undefined) => Promise<readonly Placement[]>,
    job: LayoutJob,
  ): Promise<Disk>;
}
