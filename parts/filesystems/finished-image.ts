/**
 * A file system that is finished once it is made: nothing is written to it afterwards. A tool writes it as a file of its own,
 * which says how large it is, and which then goes to its place on the disk.
 */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../stage-images/contract/tool.ts';
import type { FileTree } from '../file-tree/file-tree.ts';
import { MiB } from '../units.ts';
import type { FileSystem, FileSystemFacts, Region } from './file-system.ts';
import { madeOnce } from './made-once.ts';
import type { FileSystemTraits } from './params.ts';

/** Writes the file system of a tree to the new file `target`; the same bytes for the same arguments. */
export type MakeImage = (target: string, tree: FileTree, facts: FileSystemFacts) => Promise<void>;

/**
 * A read-only file system, made once for each tree, when its size is first asked for: how far content can be compressed is known
 * only then. @param make throws StageFailure for a tree that it cannot hold as it is
 */
export function finishedImage(traits: FileSystemTraits & { writable: false }, make: MakeImage): FileSystem {
  const images = madeOnce(async (tree, facts) => {
    const target = join(facts.work, 'image');
    await make(target, tree, facts);
    return target;
  });
  return {
    ...traits,
    size: async (tree, _free, facts) => (await stat(await images.of(tree, facts))).size,
    fill: async (region, tree, facts) => {
      const image = await images.of(tree, facts);
      await copyInto(region, image);
      await rm(image);
      images.forget(tree);
    },
  };
}

/** Copies a whole image to the beginning of a region that holds zeros; its blocks of zeros become holes. */
export async function copyInto({ disk, startBytes, sizeBytes }: Region, image: string): Promise<void> {
  const imageBytes = (await stat(image)).size;
  if (imageBytes > sizeBytes) throw new Error(`${image} has ${imageBytes} bytes, and its place ${sizeBytes}`);
  const place = ['bs=1M', `seek=${startBytes / MiB}`, 'conv=notrunc,sparse', 'status=none'];
  await runTool('dd', [`if=${image}`, `of=${disk}`, ...place]);
}
