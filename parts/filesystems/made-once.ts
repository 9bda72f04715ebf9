/** What a file system makes of a tree to know its size is what it is filled with later: it is made once. */
import type { FileTree } from '../file-tree/file-tree.ts';
import type { FileSystemFacts } from './file-system.ts';

export interface MadeOnce<Made> {
  /** Makes it when it is first asked for. */
  of(tree: FileTree, facts: FileSystemFacts): Promise<Made>;
  /** It has gone to its place. */
  forget(tree: FileTree): void;
}

export function madeOnce<Made>(make: (tree: FileTree, facts: FileSystemFacts) => Promise<Made>): MadeOnce<Made> {
  const made = new WeakMap<FileTree, Promise<Made>>();
  return {
    of(tree, facts) {
      const present = made.get(tree);
      if (present) return present;
      const making = make(tree, facts);
      made.set(tree, making);
      return making;
    },
    forget: (tree) => void made.delete(tree),
  };
}
