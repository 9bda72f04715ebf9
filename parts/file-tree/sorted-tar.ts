/**
 * A tree as one tar with each path once, in their order: header for header what the tree's own archive has, so that owners, modes, dates to
 * the nanosecond, devices, attributes and hard links stay as they are.
 */
import { type FileTree, plainPath } from './file-tree.ts';
import { writeTarOf } from './tar-copy.ts';
import { type PlacedEntry, placedEntries, readTarEntries } from './tar-entries.ts';

/** Writes it to the new file `target`. @throws Error for what is no tar */
export async function writeSortedTar(tree: FileTree, target: string): Promise<void> {
  const archive = await tree.archive();
  await writeTarOf(archive, inOrder(placedEntries(await readTarEntries(archive))), target);
}

/**
 * As `tar --sort=name` has them: a folder, then what is in it. Of a folder that is named twice the later entry stays. A hard link comes
 * behind the file that it is another name of, wherever its own place would be.
 */
export function inOrder(placed: readonly PlacedEntry[]): PlacedEntry[] {
  const byPath = new Map(placed.map((one) => [plainPath(one.entry.path), one]));
  const sorted = [...byPath]
    .map(([path, one]) => ({ path, one, key: Buffer.from(path.replaceAll('/', '\0')) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const early = new Map<string, PlacedEntry[]>();
  const written = new Set<string>();
  const ordered: PlacedEntry[] = [];
  for (const { path, one } of sorted) {
    const file = plainPath(one.entry.link);
    if (one.entry.kind === 'hardlink' && byPath.has(file) && !written.has(file)) {
      early.set(file, [...(early.get(file) ?? []), one]);
      continue;
    }
    ordered.push(one, ...(early.get(path) ?? []));
    written.add(path);
  }
  return ordered;
}
