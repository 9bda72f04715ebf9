/** A tar without what a later entry of it replaces, for readers that keep the first entry of each path. */
import { createReadStream } from 'node:fs';
import { plainPath } from '../../file-tree/file-tree.ts';
import type { TarArchive } from '../../file-tree/tar-archive.ts';

/**
 * The bytes of the archive: of entries with the same path the last one, of the root folder none, and the mark of the end. A file
 * is named once in a tree, so that only folders are left out, and the folder that stays may come after what is in it.
 */
export async function* lastOfEach(archive: TarArchive): AsyncGenerator<Buffer> {
  const { entries, extents, endBytes } = await archive.content();
  const last = new Map(entries.map(({ path }, index) => [plainPath(path), index]));
  last.delete('');
  const isKept = (index: number) => last.get(plainPath(entries[index]?.path ?? '')) === index;
  // Neighbours are read together.
  for (let from = 0; from < entries.length; from += 1) {
    const start = extents[from]?.startBytes;
    while (from < entries.length && isKept(from)) from += 1;
    const end = extents[from]?.startBytes ?? endBytes;
    if (start !== undefined && end > start) yield* createReadStream(archive.path, { start, end: end - 1 });
  }
  yield Buffer.alloc(1024);
}
