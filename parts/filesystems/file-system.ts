/**
 * A file system as the packager sees it: how large it has to be, and how it is written. A new one is a folder here with
 * these two functions, and its lines in index.ts and params.ts; docs/adding-a-component.md walks through one.
 */
import type { FileTree } from '../file-tree/file-tree.ts';
import type { FileSystemTraits } from './params.ts';

export interface FileSystem extends FileSystemTraits {
  /** Folders at its top that it has whatever it is filled with; where files are labelled, these are too. */
  readonly ownFolders?: readonly { path: string; mode: number }[];
  /**
   * Bytes of the smallest one that holds the tree and has room beside it. It must be no estimate: what is sized by it is
   * filled, and never grown. One that nobody writes to has no need of free bytes.
   * @param free the bytes that are to be free, by those that the content takes
   * @throws StageFailure for a tree with something in it that this file system cannot hold, naming it
   */
  size(tree: FileTree, free: (contentBytes: number) => number, facts: FileSystemFacts): Promise<number>;
  /**
   * Writes it into its region of the disk image, without mounting anything; the same bytes for the same arguments. The region
   * is new: it holds zeros.
   */
  fill(region: Region, tree: FileTree, facts: FileSystemFacts): Promise<void>;
}

/** A part of a disk image, on whole MiB. Other parts of it are written at the same time. */
export interface Region {
  /** The path of the disk image, which has its full size already. */
  disk: string;
  startBytes: number;
  sizeBytes: number;
}

export interface FileSystemFacts {
  /** Letters, digits, _ and -, at most 11. */
  label: string;
  /** 64 hexadecimal digits, from which identifiers follow: deriveUuid(key, <what it is for>, label). */
  key: string;
  /** Seconds since the epoch: the time of whatever has no other. */
  sourceDate: number;
  /** A folder of its own for what it makes on the way; it is there. */
  work: string;
}
