/** The root file system of a live system: one file, which whoever starts it finds by the name of the image. */
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileSystems } from '../filesystems/index.ts';
import { makePart } from '../part.ts';
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

/** Writes it as the new file `target`, whose folder is made. */
export async function writeLiveRoot(
  use: LiveRootName,
  { root }: Pick<LiveSystem, 'root'>,
  { key, sourceDate, work }: Pick<FormatSource, 'key' | 'sourceDate' | 'work'>,
  target: string,
): Promise<void> {
  const own = join(work, 'root');
  await Promise.all([own, dirname(target)].map((folder) => mkdir(folder, { recursive: true })));
  const fileSystem = makePart('file system', fileSystems, { use, params: {} });
  const facts = { label: 'live', key, sourceDate, work: own };
  const sizeBytes = await fileSystem.size(root, () => 0, facts);
  const file = await open(target, 'wx');
  await file.truncate(sizeBytes).finally(() => file.close());
  await fileSystem.fill({ disk: target, startBytes: 0, sizeBytes }, root, facts);
}
