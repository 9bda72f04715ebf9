/** The root file system of a live system: one file, which whoever starts it finds by the name of the image. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileTree } from '../file-tree/file-tree.ts';
import type { FileSystem, FileSystemFacts } from '../filesystems/file-system.ts';
import { fileSystems } from '../filesystems/index.ts';
import { makePart } from '../part.ts';
import { MiB } from '../units.ts';
import type { FormatSource, LiveSystem } from './format.ts';
import type { IsoParams } from './iso/params.ts';

/** File systems that are read and never written. */
type LiveRootName = IsoParams['root'];

/** What mounts it, wherever the file lies: modules that the kernel needs. */
export function liveRootModules(use: LiveRootName): string[] {
  return ['loop', use];
}

/** Where the initramfs looks for it, below the folder of the medium or of its own memory. */
export function liveRootPath({ facts }: Pick<LiveSystem, 'facts'>, use: LiveRootName): string {
  return `live/${facts.imageId}.${use}`;
}

/** What was made of a tree; several formats of one build have the same. */
const images = new WeakMap<FileTree, Map<LiveRootName, Promise<string>>>();

/** The path of the file, which must stay as it is: it is made once for each tree and file system. */
export function liveRootFile(
  use: LiveRootName,
  { root }: Pick<LiveSystem, 'root'>,
  source: Pick<FormatSource, 'key' | 'sourceDate' | 'work'>,
): Promise<string> {
  const ofTree = images.get(root) ?? new Map<LiveRootName, Promise<string>>();
  images.set(root, ofTree);
  const image = ofTree.get(use) ?? makeImage(use, root, source);
  ofTree.set(use, image);
  return image;
}

async function makeImage(
  use: LiveRootName,
  root: FileTree,
  { key, sourceDate, work: folder }: Pick<FormatSource, 'key' | 'sourceDate' | 'work'>,
): Promise<string> {
  const work = join(folder, 'root');
  await mkdir(work, { recursive: true });
  const fileSystem = makePart('file system', fileSystems, { use, params: {} });
  return wholeFile(fileSystem, root, { label: 'live', key, sourceDate, work });
}

/**
 * A file system that is a file of its own; gives its path. @param asked its size in bytes; default: what the tree takes, in whole MiB where
 * it is one that is written to
 */
export async function wholeFile(
  fileSystem: FileSystem,
  tree: FileTree,
  facts: FileSystemFacts,
  asked?: number,
): Promise<string> {
  const bytes = asked ?? (await fileSystem.size(tree, () => 0, facts));
  const sizeBytes = fileSystem.writable ? Math.ceil(bytes / MiB) * MiB : bytes;
  const disk = join(facts.work, 'whole');
  const file = await open(disk, 'wx');
  await file.truncate(sizeBytes).finally(() => file.close());
  await fileSystem.fill({ disk, startBytes: 0, sizeBytes }, tree, facts);
  return disk;
}
