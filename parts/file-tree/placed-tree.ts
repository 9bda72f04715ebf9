/** A tree out of single files and folders, each put at a path; root owns all of them, and what they stand in. */
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { reproducibleTar } from '../../stage-images/contract/reproducible-tar.ts';
import { runTool } from '../../stage-images/contract/tool.ts';
import type { Entry, FileTree } from './file-tree.ts';

/** A file by its text, or by the path of what it is a copy of; or a folder. */
export type PlacedFile = { path: string } & ({ content: string } | { file: string } | { folder: true });

const fileMode = 0o644;
const folderMode = 0o755;

export class PlacedTree implements FileTree {
  readonly #files: readonly PlacedFile[];
  readonly #work: string;
  readonly #sourceDate: number;
  #entries: Promise<readonly Entry[]> | undefined;
  #archive: Promise<string> | undefined;
  #folder: Promise<string> | undefined;

  /**
   * @param files relative paths, none named twice
   * @param work a folder of the tree's own, which is made when it is needed
   * @param sourceDate seconds since the epoch: when everything was made
   */
  constructor(files: readonly PlacedFile[], work: string, sourceDate: number) {
    this.#files = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
    this.#work = work;
    this.#sourceDate = sourceDate;
  }

  entries(): Promise<readonly Entry[]> {
    this.#entries ??= this.#list();
    return this.#entries;
  }

  archive(): Promise<string> {
    this.#archive ??= this.#pack();
    return this.#archive;
  }

  folder(): Promise<string> {
    this.#folder ??= this.#write();
    return this.#folder;
  }

  async #list(): Promise<readonly Entry[]> {
    const common = { uid: 0, gid: 0, mtime: this.#sourceDate, link: '', xattrs: new Map<string, Buffer>() };
    const folders = parentFolders(this.#files).map(
      (path): Entry => ({ ...common, path, kind: 'folder', mode: folderMode, sizeBytes: 0 }),
    );
    const files = this.#files.filter(isFile).map(
      async (placed): Promise<Entry> => ({
        ...common,
        path: placed.path,
        kind: 'file',
        mode: fileMode,
        sizeBytes: 'content' in placed ? Buffer.byteLength(placed.content) : (await stat(placed.file)).size,
      }),
    );
    return [...folders, ...(await Promise.all(files))];
  }

  async #write(): Promise<string> {
    const target = join(this.#work, 'folder');
    await mkdir(target, { recursive: true });
    for (const placed of this.#files) {
      const path = join(target, placed.path);
      await mkdir(dirname(path), { recursive: true });
      if ('folder' in placed) await mkdir(path, { recursive: true });
      else if ('content' in placed) await writeFile(path, placed.content);
      else await copyFile(placed.file, path);
    }
    return target;
  }

  async #pack(): Promise<string> {
    const folder = await this.folder();
    const target = join(this.#work, 'tree.tar');
    const top = new Set(this.#files.map(({ path }) => path.split('/', 1)[0] ?? ''));
    await runTool('tar', [
      '--create',
      `--file=${target}`,
      `--directory=${folder}`,
      ...reproducibleTar(this.#sourceDate),
      // tar(1) refuses to make an archive of nothing, but not one of an empty list.
      ...['--files-from=/dev/null', '--', ...[...top].sort()],
    ]);
    return target;
  }
}

function isFile(placed: PlacedFile): placed is Exclude<PlacedFile, { folder: true }> {
  return !('folder' in placed);
}

/** Every folder that is placed, and every one above what is placed; parents first. */
export function parentFolders(files: readonly PlacedFile[]): string[] {
  const folders = new Set(files.filter((placed) => !isFile(placed)).map(({ path }) => path));
  for (const { path } of files)
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) folders.add(folder);
  return [...folders].sort();
}
