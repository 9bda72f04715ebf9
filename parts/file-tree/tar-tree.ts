/** A tree out of tar archives, one over the other. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../stage-images/contract/tool.ts';
import type { Entry, FileTree } from './file-tree.ts';
import type { TarArchive } from './tar-archive.ts';
import { unpackTree } from './unpack.ts';

export class TarTree implements FileTree {
  readonly #archives: readonly TarArchive[];
  readonly #work: string;
  #archive: Promise<string> | undefined;
  #folder: Promise<string> | undefined;

  /**
   * @param archives where two name a folder, the later one decides its mode and owner
   * @param work a folder of the tree's own, which is made when it is needed
   */
  constructor(archives: readonly TarArchive[], work: string) {
    this.#archives = archives;
    this.#work = work;
  }

  async entries(): Promise<readonly Entry[]> {
    const contents = await Promise.all(this.#archives.map((archive) => archive.content()));
    return contents.flatMap(({ entries }) => entries);
  }

  archive(): Promise<string> {
    this.#archive ??= this.#join();
    return this.#archive;
  }

  folder(): Promise<string> {
    this.#folder ??= this.#extract();
    return this.#folder;
  }

  /** One file, as mke2fs(8) takes half as long again to read the same from a pipe, and joining takes a fraction of that. */
  async #join(): Promise<string> {
    const [last, ...others] = this.#archives.toReversed();
    if (!last) throw new Error('a tree of no archive has none');
    if (others.length === 0) return last.path;
    const target = join(this.#work, 'tree.tar');
    await mkdir(this.#work, { recursive: true });
    const before = others.reverse().map(async (archive) => ({ path: archive.path, ...(await archive.content()) }));
    await joinArchives(await Promise.all(before), last.path, target);
    return target;
  }

  async #extract(): Promise<string> {
    const target = join(this.#work, 'folder');
    await unpackTree(this, target);
    return target;
  }
}

/** Writes the archives one after the other to a new file: those `before` without their end marks, the `last` as it is. */
export async function joinArchives(
  before: readonly { path: string; endBytes: number }[],
  last: string,
  target: string,
): Promise<void> {
  const append = ['bs=1M', 'oflag=append', 'conv=notrunc', 'status=none', `of=${target}`];
  for (const { path, endBytes } of before)
    await runTool('dd', [`if=${path}`, `count=${endBytes}`, 'iflag=count_bytes', ...append]);
  await runTool('dd', [`if=${last}`, ...append]);
}
