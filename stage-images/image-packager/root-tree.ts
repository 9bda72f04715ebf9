/**
 * The root file system's content: what the packager adds, the modules' archive, and then the root file system's, so that where
 * two name a folder the latter decides its mode and owner.
 */
import { join } from 'node:path';
import { type FileTree, plainPath } from '../../parts/file-tree/file-tree.ts';
import { type PlacedFile, PlacedTree } from '../../parts/file-tree/placed-tree.ts';
import { TarArchive } from '../../parts/file-tree/tar-archive.ts';
import { TarTree } from '../../parts/file-tree/tar-tree.ts';

/** What is the same in every root file system of a build. */
export interface SharedParts {
  rootfs: TarArchive;
  /** The kernel's modules, if it has any. */
  modules: string | null;
}

export interface RootParts extends SharedParts {
  /** The text of /etc/fstab. An fstab that the root file system has already, from the definition, stays. */
  fstab: string;
  /** More files, which the root file system does not have. */
  added?: readonly PlacedFile[];
}

/** Joins the parts, in the folder `work`; `sourceDate` dates what is not in one of the archives yet. */
export async function rootTree(
  { rootfs, modules, fstab, added: more = [] }: RootParts,
  work: string,
  sourceDate: number,
): Promise<FileTree> {
  const { entries } = await rootfs.content();
  const hasFstab = entries.some(({ path }) => plainPath(path) === 'etc/fstab');
  const added: PlacedFile[] = [
    hasFstab ? { path: 'etc', folder: true } : { path: 'etc/fstab', content: fstab },
    // mke2fs(8) wants the folders above the modules before what is in them.
    ...(modules === null ? [] : [{ path: 'usr/lib/modules', folder: true } as const]),
    ...more,
  ];
  const before = [await new PlacedTree(added, join(work, 'added'), sourceDate).archive()];
  if (modules !== null) before.push(modules);
  return new TarTree([...before.map((path) => new TarArchive(path)), rootfs], work);
}
