/** Swap space, written by mkswap(8): a page that says what follows, which holds nothing yet. */
import { open, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveUuid } from '../../../stage-images/contract/derive.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import type { FileTree } from '../../file-tree/file-tree.ts';
import { definePart } from '../../part.ts';
import type { FileSystem, FileSystemFacts, Region } from '../file-system.ts';
import { SwapParams, swapTraits } from './params.ts';

/** The kernel takes swap space of its own page size alone; 4 KiB is that of every kernel that is packaged. */
const pageBytes = 4096;
/** mkswap(8) refuses fewer pages. */
const leastPages = 10;

export const swap = definePart(
  SwapParams,
  (): FileSystem => ({
    ...swapTraits,
    size: async (_tree, free) => leastPages * pageBytes + free(0),
    fill,
  }),
);

async function fill(
  { disk, startBytes, sizeBytes }: Region,
  tree: FileTree,
  { key, label, work }: FileSystemFacts,
): Promise<void> {
  if ((await tree.entries()).length > 0) throw new Error('swap space holds no files');
  const image = join(work, 'image');
  await writeFile(image, '', { flag: 'wx', mode: 0o600 });
  await truncate(image, sizeBytes);
  const names = ['--label', label, '--uuid', deriveUuid(key, 'file-system', label)];
  await runTool('mkswap', ['--quiet', '--pagesize', String(pageBytes), ...names, image]);
  await copyFirstPage(image, disk, startBytes);
  await rm(image);
}

/** The rest is holes, however large it is. */
async function copyFirstPage(image: string, disk: string, startBytes: number): Promise<void> {
  const [from, to] = await Promise.all([open(image), open(disk, 'r+')]);
  try {
    const { buffer } = await from.read(Buffer.alloc(pageBytes), 0, pageBytes, 0);
    await to.write(buffer, 0, pageBytes, startBytes);
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}
