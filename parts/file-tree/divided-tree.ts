/**
 * One tree as several, each of which has what lies below one folder: what is in partitions that are mounted there. The archive
 * is written anew for each, with paths from that folder on; everything else of an entry stays as it is.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Entry, type FileTree, newFolder, plainPath } from './file-tree.ts';
import { TarArchive } from './tar-archive.ts';
import { entryPieces, type TarPiece, writeTarOf } from './tar-copy.ts';
import { type PlacedEntry, placedEntries } from './tar-entries.ts';
import { tarHeader } from './tar-header.ts';
import { TarTree } from './tar-tree.ts';

/** Why a tree cannot be divided so: what is in its way, and which of the folders it is about. */
export class IndivisibleTree extends Error {
  readonly mount: string;

  constructor(mount: string, why: string) {
    super(why);
    this.mount = mount;
  }
}

/** A place where the tree is divided: what is below it, less what is below another place. */
interface Portion {
  mount: string;
  /** What is written, in this order. */
  pieces: TarPiece[];
  /** The folder that stands for the top has been named. */
  hasTop: boolean;
}

/**
 * Divides the tree at folders. Where one stands is an empty folder in the tree that it is taken from, made where there was none.
 * @param mounts absolute paths, each once; `/` is what is left, and need not be there
 * @param work a folder of its own, which is made
 * @param sourceDate seconds since the epoch: the time of folders that are made
 * @throws IndivisibleTree for a mount that is no folder, and for a file with names in two of the trees
 */
export async function divideTree(
  tree: FileTree,
  mounts: readonly string[],
  work: string,
  sourceDate: number,
): Promise<Map<string, FileTree>> {
  const archive = await tree.archive();
  const placed = placedEntries(await new TarArchive(archive).content());
  const places = [...new Set(['/', ...mounts])];
  const portionOf = portions(places);
  refuseWhatCannotBeDivided(placed, mounts, portionOf);
  for (const one of placed) addTo(one, portionOf);
  const made = madeFolders(placed, mounts, sourceDate);
  const divided = new Map<string, FileTree>();
  for (const [index, mount] of places.entries()) {
    const folder = join(work, String(index));
    await mkdir(folder, { recursive: true });
    const target = join(folder, 'tree.tar');
    const { pieces, hasTop } = portionOf.exactly(mount);
    const folders = made.filter(
      ({ path }) => portionOf.of(mounts.includes(path) ? parentOf(path) : path).mount === mount,
    );
    const top = hasTop || mount === '/' ? [] : [tarHeader(newFolder('.', sourceDate))];
    const added = folders.map((one) => tarHeader({ ...one, path: within(mount, one.path) }));
    // Nothing of this tree is below a folder that was made but others of them.
    await writeTarOf(archive, [...top, ...pieces, ...added], target);
    divided.set(mount, new TarTree([new TarArchive(target)], folder));
  }
  return divided;
}

/** Which tree a path belongs to: that of the deepest mount at or above it. */
interface Portions {
  of(path: string): Portion;
  exactly(mount: string): Portion;
}

function portions(places: readonly string[]): Portions {
  const byMount = new Map(places.map((mount): [string, Portion] => [mount, { mount, pieces: [], hasTop: false }]));
  const exactly = (mount: string) => {
    const portion = byMount.get(mount);
    if (!portion) throw new Error(`the tree is not divided at ${mount}`);
    return portion;
  };
  return {
    exactly,
    of(path) {
      for (let at = path; at !== '/'; at = parentOf(at)) {
        const portion = byMount.get(at);
        if (portion) return portion;
      }
      return exactly('/');
    },
  };
}

function addTo(one: PlacedEntry, portionOf: Portions): void {
  const { entry } = one;
  const path = absolute(entry.path);
  const portion = portionOf.of(path);
  if (portion.mount === '/') {
    portion.pieces.push(one);
    return;
  }
  const link = entry.kind === 'hardlink' ? { link: within(portion.mount, absolute(entry.link)) } : {};
  portion.pieces.push(...entryPieces(one, { ...entry, ...link, path: within(portion.mount, path) }));
  if (path !== portion.mount) return;
  portion.hasTop = true;
  // Where it is mounted, there is the same folder with nothing in it.
  const above = portionOf.of(parentOf(path));
  above.pieces.push(tarHeader({ ...entry, path: within(above.mount, path) }));
}

function refuseWhatCannotBeDivided(
  placed: readonly PlacedEntry[],
  mounts: readonly string[],
  portionOf: Portions,
): void {
  const kinds = new Map(placed.map(({ entry }) => [absolute(entry.path), entry]));
  for (const mount of mounts)
    for (let at = mount; at !== '/'; at = parentOf(at)) {
      const found = kinds.get(at);
      if (found && found.kind !== 'folder')
        throw new IndivisibleTree(
          mount,
          found.kind === 'symlink' ? `${at} is a symbolic link to ${found.link}` : `${at} is no folder`,
        );
    }
  for (const { entry } of placed) {
    if (entry.kind !== 'hardlink') continue;
    const [own, other] = [entry.path, entry.link].map((path) => portionOf.of(absolute(path)).mount);
    if (own === other) continue;
    const mount = own === undefined || own === '/' ? (other ?? '/') : own;
    throw new IndivisibleTree(
      mount,
      `${absolute(entry.path)} and ${absolute(entry.link)} are one file, which cannot be in two partitions`,
    );
  }
}

/** The folders on the way to a mount that the tree does not have, the mount itself included; those above come first. */
function madeFolders(placed: readonly PlacedEntry[], mounts: readonly string[], sourceDate: number): Entry[] {
  const present = new Set(placed.map(({ entry }) => absolute(entry.path)));
  const missing = new Set<string>();
  for (const mount of mounts) for (let at = mount; at !== '/'; at = parentOf(at)) if (!present.has(at)) missing.add(at);
  return [...missing].sort().map((path) => newFolder(path, sourceDate));
}

function absolute(path: string): string {
  return `/${plainPath(path)}`;
}

/** The path from a mount on; of the mount itself `.`. */
function within(mount: string, path: string): string {
  const rest = mount === '/' ? path.slice(1) : path.slice(mount.length + 1);
  return rest === '' ? '.' : rest;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}
