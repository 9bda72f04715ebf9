/** A tree out of tar archives, one over the other. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../stage-images/contract/tool.ts';
import type { Entry, FileTree } from './file-tree.ts';
import { readTarEntries, type TarContent } from './tar-entries.ts';

export class TarTree implements FileTree {
  readonly #archives: readonly string[];
  readonly #work: string;
  #contents: Promise<readonly TarContent[]> | undefined;
  #archive: Promise<string> | undefined;
  #folder: Promise<string> | undefined;

  /**
   * @param archives where two name a folder, the later one decides its mode and owner
   * @param work a folder of the tree's own, which is made when it is needed
   */
  constructor(archives: readonly string[], work: string) {
    this.#archives = archives;
    this.#work = work;
  }

  async entries(): Promise<readonly Entry[]> {
    return (await this.#read()).flatMap(({ entries }) => entries);
  }

  archive(): Promise<string> {
    this.#archive ??= this.#join();
    return this.#archive;
  }

  folder(): Promise<string> {
    this.#folder ??= this.#extract();
    return this.#folder;
  }

  #read(): Promise<readonly TarContent[]> {
    this.#contents ??= Promise.all(this.#archives.map(readTarEntries));
    return this.#contents;
  }

  /** One file, as mke2fs(8) takes half as long again to read the same from a pipe, and joining takes a fraction of that. */
  async #join(): Promise<string> {
    const [only, ...others] = this.#archives;
    if (only !== undefined && others.length === 0) return only;
    const contents = await this.#read();
    const target = join(this.#work, 'tree.tar');
    await mkdir(this.#work, { recursive: true });
    await joinArchives(
      this.#archives.slice(0, -1).map((path, index) => ({ path, endBytes: contents[index]?.endBytes ?? 0 })),
      this.#archives.at(-1) ?? '',
      target,
    );
    return target;
  }

  async #extract(): Promise<string> {
    const archive = await this.archive();
    const target = join(this.#work, 'folder');
    await mkdir(target, { recursive: true });
    const devices = (await this.entries()).filter(({ kind }) => kind.endsWith('-device')).map(({ path }) => path);
    await runTool('tar', [
      '--extract',
      `--file=${archive}`,
      `--directory=${target}`,
      ...['--no-same-owner', '--no-same-permissions', '--delay-directory-restore'],
      ...['--anchored', '--no-wildcards', ...devices.map((path) => `--exclude=${path}`)],
    ]);
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
