/** A tree of files that a file system is filled with, whatever it was made of. */

export type EntryKind = 'file' | 'folder' | 'symlink' | 'hardlink' | 'character-device' | 'block-device' | 'fifo';

/** One name of the tree. */
export interface Entry {
  /** As the archive has it: relative, with or without a leading `./`, a folder with or without a final slash. */
  path: string;
  kind: EntryKind;
  uid: number;
  gid: number;
  /** Permission bits with setuid, setgid and sticky, such as 0o4755. */
  mode: number;
  /** Bytes of a file; 0 for everything else. */
  sizeBytes: number;
  /** Seconds since the epoch, whole. */
  mtime: number;
  /** Where a symbolic link points, or the path of the file that a hard link is another name of; empty for everything else. */
  link: string;
  /** The numbers of a device. */
  device?: { major: number; minor: number };
  /** Extended attributes by their full names, such as security.capability. */
  xattrs: ReadonlyMap<string, Buffer>;
}

/**
 * What file systems are filled from. All three tell of the same tree; each is worked out when it is first asked for, and
 * kept. Where a path is named twice, the later one decides a folder's owner and mode; no file is named twice.
 */
export interface FileTree {
  /** Every entry with all that is known of it, a folder before what is in it. A list, for makers go through it more than once. */
  entries(): Promise<readonly Entry[]>;
  /** The path of a tar with everything that the entries tell of, for makers that read one, such as mke2fs(8). */
  archive(): Promise<string>;
  /**
   * A folder with the folders, files and links of the tree, for makers that copy files. Contents are right in it; owners, devices
   * and extended attributes are not there, for no container of this stage may set them: `entries` has them.
   */
  folder(): Promise<string>;
}

export function isDevice({ kind }: Pick<Entry, 'kind'>): boolean {
  return kind === 'character-device' || kind === 'block-device';
}

/** Nothing at all: what a partition for data begins with. */
export const noEntries: readonly Entry[] = [];

/** A path without what tar puts around it: `./etc/` is `etc`, and the root is empty. */
export function plainPath(path: string): string {
  return path.replace(/^(?:\.?\/+)+/, '').replace(/^\.$|\/+$/g, '');
}

/** A folder of root's that no archive has. @param mtime seconds since the epoch */
export function newFolder(path: string, mtime: number, mode = 0o755): Entry {
  return { path, kind: 'folder', uid: 0, gid: 0, mode, sizeBytes: 0, mtime, link: '', xattrs: new Map() };
}
