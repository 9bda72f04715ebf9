/** Btrfs, filled from a folder by mkfs.btrfs(8), with subvolumes and compression: no mount, no root. */
import { rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveUuid } from '../../../stage-images/contract/derive.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import type { FileTree } from '../../file-tree/file-tree.ts';
import { ToldFolder } from '../../file-tree/told-tree/told-tree.ts';
import { definePart } from '../../part.ts';
import type { FileSystem, FileSystemFacts, Region } from '../file-system.ts';
import { copyInto } from '../finished-image.ts';
import { madeOnce } from '../made-once.ts';
import { type KeptEntries, keptEntries } from './contents.ts';
import { BtrfsParams, btrfsTraits } from './params.ts';
import { btrfsBytes, leastBytes, type UsedBytes, usedBytes } from './size.ts';

/** What is made once of a tree: the folder that mkfs.btrfs copies, and what its content takes. */
interface Made {
  top: string;
  told: ToldFolder;
  used: UsedBytes;
}

export const btrfs = definePart(BtrfsParams, (params): FileSystem => {
  const made = madeOnce((tree, facts) => measure(tree, facts, params));
  return {
    ...btrfsTraits,
    size: async (tree, free, facts) => btrfsBytes((await made.of(tree, facts)).used, free),
    fill: async (region, tree, facts) => {
      await fill(region, await made.of(tree, facts), facts, params);
      made.forget(tree);
    },
  };
});

/** How far content can be compressed, and what is kept about it, shows when it is there: so it is made. */
async function measure(tree: FileTree, facts: FileSystemFacts, params: BtrfsParams): Promise<Made> {
  const entries = keptEntries(await tree.entries(), params.subvolumes);
  const told = await ToldFolder.of(tree, join(facts.work, 'tree'), { facts, keeps: (entry) => entries.keeps(entry) });
  const top = await placeSubvolumes(told, entries, facts, params);
  const image = join(facts.work, 'tried');
  // mkfs.btrfs makes a file that is too small for what it expects larger, and a file that is no smaller is left as it is.
  await make(image, leastBytes, { top, told }, facts, contentArguments(params));
  const expectedBytes = (await stat(image)).size;
  const lines: string[] = [];
  await runTool('btrfs', ['inspect-internal', 'dump-tree', '--tree', 'extent', image], {
    onLine: (line) => lines.push(line),
  });
  await rm(image);
  return { top, told, used: { ...usedBytes(lines), expected: expectedBytes } };
}

async function fill(region: Region, made: Made, facts: FileSystemFacts, params: BtrfsParams): Promise<void> {
  const image = join(facts.work, 'image');
  await make(image, region.sizeBytes, made, facts, contentArguments(params));
  await copyInto(region, image);
  for (const path of [image, made.top]) await rm(path, { recursive: true });
}

/**
 * Makes the folders of subvolumes stand side by side at the top, as mkfs.btrfs wants them, and where they stood, empty folders
 * to mount them on. Gives the path of the top.
 */
async function placeSubvolumes(
  told: ToldFolder,
  { folderAt }: KeptEntries,
  { work }: FileSystemFacts,
  { subvolumes }: BtrfsParams,
): Promise<string> {
  const main = subvolumes.find(({ path }) => path === '/');
  if (!main) return told.path;
  const top = join(work, 'volumes');
  await told.add(top, told.ofRoot());
  const base = join(top, main.name);
  await rename(told.path, base);
  for (const { name, path } of subvolumes) {
    if (path === '/') continue;
    const folder = folderAt(path);
    if (folder) await rename(join(base, path), join(top, name));
    else await told.add(join(top, name), told.ofRoot());
    await told.add(join(base, path), folder ?? told.ofRoot());
  }
  return top;
}

/** What shapes the content, whatever the size. */
export function contentArguments({ compression, level, subvolumes }: BtrfsParams): string[] {
  const compressed = level === undefined ? compression : `${compression}:${level}`;
  return [
    ...(compression === 'none' ? [] : ['--compress', compressed]),
    ...subvolumes.flatMap(({ name, path }) => ['--subvol', `${path === '/' ? 'default' : 'rw'}:${name}`]),
  ];
}

async function make(
  image: string,
  sizeBytes: number,
  { top, told }: Pick<Made, 'top' | 'told'>,
  { key, label }: FileSystemFacts,
  content: readonly string[],
): Promise<void> {
  await writeFile(image, '', { flag: 'wx' });
  await truncate(image, sizeBytes);
  const names = [
    ...['--label', label, '--uuid', deriveUuid(key, 'file-system', label)],
    ...['--device-uuid', deriveUuid(key, 'btrfs-device', label)],
  ];
  await runTool('mkfs.btrfs', ['--quiet', ...names, '--rootdir', top, ...content, image], {
    env: await told.environment(),
  });
}
