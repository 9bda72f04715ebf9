/** A tree with a label on each of its files: its archive is written anew, with that attribute in the headers. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileTree, newFolder, plainPath } from '../file-tree/file-tree.ts';
import { TarArchive } from '../file-tree/tar-archive.ts';
import { entryPieces, writeTarOf } from '../file-tree/tar-copy.ts';
import { placedEntries } from '../file-tree/tar-entries.ts';
import { tarHeader } from '../file-tree/tar-header.ts';
import { TarTree } from '../file-tree/tar-tree.ts';
import type { Labeller } from './labels.ts';

export interface LabelledPlace {
  /** Where the tree is in the running system: an absolute path. */
  folder: string;
  /** Folders at the top of it that whoever makes the file system adds, with their modes. */
  added?: readonly { path: string; mode: number }[] | undefined;
  /** Seconds since the epoch: the time of folders that are made. */
  sourceDate: number;
  /** A folder of its own, which is made. */
  work: string;
}

/** Gives the tree with labels. The folder at its top, and what is added there, are in it then. */
export async function labelledTree(
  tree: FileTree,
  labeller: Labeller,
  { folder, added = [], sourceDate, work }: LabelledPlace,
): Promise<FileTree> {
  const archive = await tree.archive();
  const placed = placedEntries(await new TarArchive(archive).content());
  const present = new Set(placed.map(({ entry }) => plainPath(entry.path)));
  const missing = [
    newFolder('.', sourceDate),
    ...added.map(({ path, mode }) => newFolder(path, sourceDate, mode)),
  ].filter(({ path }) => !present.has(plainPath(path)));
  const entries = [...missing, ...placed.map(({ entry }) => entry)];
  const labels = await labeller.labelsOf(
    entries.map(({ path, kind }) => ({ path: join(folder, plainPath(path)), kind })),
  );
  const labelled = entries.map((entry, index) => {
    const label = labels[index];
    return label ? { ...entry, xattrs: new Map([...entry.xattrs, [labeller.attribute, label]]) } : entry;
  });
  const made = labelled.slice(0, missing.length).map(tarHeader);
  const copied = labelled.slice(missing.length);
  const pieces = placed.flatMap((one, index) => entryPieces(one, copied[index] ?? one.entry));
  await mkdir(work, { recursive: true });
  const target = join(work, 'labelled.tar');
  await writeTarOf(archive, [...made, ...pieces], target);
  return new TarTree([new TarArchive(target)], work);
}
