/**
 * The root file system's content as one tar: what the packager adds, the modules' archive, and then the root file system's,
 * so that where two name a folder the latter decides its mode and owner. It is a file, as mke2fs(8) takes half as long again to read the
 * same from a pipe, and joining takes a fraction of that.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTool, runTool } from '../contract/tool.ts';

export interface TarEntry {
  /** As tar(1) prints types: `-` file, `d` folder, `l` symbolic link, `h` hard link, `c`, `b`, `p` devices and pipes. */
  type: string;
  sizeBytes: number;
  path: string;
}

export interface TarListing {
  entries: TarEntry[];
  /** Where the end mark begins. */
  endBytes: number;
}

/** What a root file system is filled with. */
export interface RootTree {
  entries: readonly TarEntry[];
  /** The path of a tar of them all. */
  archive: string;
}

const blockBytes = 512;

export interface RootParts {
  rootfs: string;
  /** The kernel's modules, if it has any. */
  modules: string | null;
  /** The text of /etc/fstab. An fstab that the root file system has already, from the definition, stays. */
  fstab: string;
}

/** Joins the parts in the folder `work`; `sourceDate` dates what is not in one of the archives yet. */
export async function readRootTree(
  { rootfs, modules, fstab }: RootParts,
  work: string,
  sourceDate: number,
): Promise<RootTree> {
  const { entries } = await listTar(rootfs);
  const hasFstab = entries.some(({ path }) => path === './etc/fstab');
  const added = await writeAdded(work, { fstab: hasFstab ? null : fstab, modules: modules !== null }, sourceDate);
  const paths = [added, ...(modules === null ? [] : [modules])];
  const before = await Promise.all(paths.map(async (path) => ({ path, ...(await listTar(path)) })));
  const archive = join(work, 'root.tar');
  await joinArchives(before, rootfs, archive);
  return { entries: [...before.flatMap((part) => part.entries), ...entries], archive };
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

/** A tar of fstab, and of the folders above the modules, which mke2fs(8) wants before what is in them. */
async function writeAdded(
  work: string,
  { fstab, modules }: { fstab: string | null; modules: boolean },
  sourceDate: number,
): Promise<string> {
  const folder = join(work, 'added');
  const path = join(work, 'added.tar');
  await mkdir(join(folder, 'etc'), { recursive: true });
  if (fstab !== null) await writeFile(join(folder, 'etc/fstab'), fstab);
  if (modules) await mkdir(join(folder, 'usr/lib/modules'), { recursive: true });
  await runTool('tar', [
    '--create',
    `--file=${path}`,
    `--directory=${folder}`,
    '--format=ustar',
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
    `--mtime=@${sourceDate}`,
    'etc',
    ...(modules ? ['usr'] : []),
  ]);
  return path;
}

/** Lists an archive; tar(1) skips the files' data, so this takes milliseconds. */
export async function listTar(path: string): Promise<TarListing> {
  return parseTarListing(
    await readTool('tar', [
      '--list',
      '--verbose',
      '--block-number',
      '--numeric-owner',
      '--quoting-style=escape',
      `--file=${path}`,
    ]),
  );
}

/** Reads lines such as `block 18: -rw-r--r-- 0/0  52 2023-11-14 22:13 ./etc/motd`; the last one tells of the end mark. */
export function parseTarListing(output: string): TarListing {
  const lines = output.split('\n');
  const end = /^block (\d+): \*\* (?:Block of NULs|End of File) \*\*$/.exec(lines.at(-1) ?? '')?.[1];
  if (end === undefined) throw new Error('tar did not tell where the archive ends');
  return { entries: lines.slice(0, -1).map(parseTarEntry), endBytes: Number(end) * blockBytes };
}

function parseTarEntry(line: string): TarEntry {
  const match = /^block \d+: (.)\S+ \S+ +(\d+)(?:,\d+)? \S+ \S+ (.*)$/.exec(line);
  const [, type, size, path] = match ?? [];
  if (type === undefined || path === undefined) throw new Error(`a line of tar's listing could not be read: ${line}`);
  // For a device tar prints its numbers where the size stands; only files have one.
  return { type, sizeBytes: type === '-' ? Number(size) : 0, path };
}
