/** XFS, filled from a folder by mkfs.xfs(8): no mount, no root. */
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveUuid } from '../../../stage-images/contract/derive.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { type FileTree, plainPath } from '../../file-tree/file-tree.ts';
import { ToldFolder } from '../../file-tree/told-tree/told-tree.ts';
import { definePart } from '../../part.ts';
import type { FileSystem, FileSystemFacts, Region } from '../file-system.ts';
import { copyInto } from '../finished-image.ts';
import { refuseTimesBeyond } from '../times.ts';
import { XfsParams, xfsTraits } from './params.ts';
import { xfsBytes } from './size.ts';

export const xfs = definePart(
  XfsParams,
  (): FileSystem => ({
    ...xfsTraits,
    size: async (tree, free) => xfsBytes(await tree.entries(), free),
    fill,
  }),
);

/** The year 2486: 34 bits of seconds, counted from 1901 on. */
const lastTime = 2 ** 34 - 2 ** 31 - 1;

async function fill(region: Region, tree: FileTree, facts: FileSystemFacts): Promise<void> {
  const entries = await tree.entries();
  refuseTimesBeyond('XFS', entries, lastTime);
  const folder = join(facts.work, 'tree');
  const told = await ToldFolder.of(tree, folder, { facts, keeps: () => true });
  const image = join(facts.work, 'image');
  await writeFile(image, '', { flag: 'wx' });
  await truncate(image, region.sizeBytes);
  await runTool('mkfs.xfs', xfsArguments(image, folder, facts), {
    env: {
      ...(await told.environment()),
      // The root folder, alone of all, gets the time at which everything is made.
      SOURCE_DATE_EPOCH: String(entries.findLast(({ path }) => plainPath(path) === '')?.mtime ?? facts.sourceDate),
      // Of what is neither a time nor an identifier, such as generations of inodes.
      DETERMINISTIC_SEED: '1',
    },
  });
  await copyInto(region, image);
  for (const path of [image, folder]) await rm(path, { recursive: true });
}

/** What Linux 6.1 reads, and everything later: the features of mkfs/lts_6.1.conf of xfsprogs. */
export function xfsArguments(
  image: string,
  folder: string,
  { key, label }: Pick<FileSystemFacts, 'key' | 'label'>,
): string[] {
  const metadata = `bigtime=1,crc=1,finobt=1,inobtcount=1,reflink=1,rmapbt=0,uuid=${deriveUuid(key, 'file-system', label)}`;
  return [
    '-q',
    ...['-L', label],
    ...['-m', metadata],
    // Inodes may take all of it: by default a tree of many small files does not fit into what holds it.
    ...['-i', 'sparse=1,nrext64=0,exchange=0,maxpct=0'],
    ...['-n', 'parent=0'],
    // Whatever processors the machine has that makes it.
    ...['-d', 'concurrency=0'],
    ...['-l', 'concurrency=0'],
    ...['-p', `${folder},atime=0`],
    image,
  ];
}
