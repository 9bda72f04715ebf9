/**
 * What labels the files of an image, for a kernel that decides by labels what a program may do. A new one is a folder here, and its
 * lines in index.ts and params.ts.
 */
import type { Entry, FileTree } from '../file-tree/file-tree.ts';

export interface Labels {
  /**
   * Reads from a root file system how its files are labelled.
   * @param work a folder of its own, which is made
   * @throws StageFailure `labels.missing` where the packages did not bring that
   */
  open(root: FileTree, work: string): Promise<Labeller>;
}

/** A file as the running system names it. */
export interface NamedFile {
  /** Absolute. */
  path: string;
  kind: Entry['kind'];
}

export interface Labeller {
  /** The extended attribute that holds a label, such as security.selinux. */
  readonly attribute: string;
  /** The label of each file, in their order; undefined where it is to have none. */
  labelsOf(files: readonly NamedFile[]): Promise<readonly (Buffer | undefined)[]>;
}
