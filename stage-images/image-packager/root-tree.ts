/**
 * The root file system's content as one stream of tar: the modules' archive and then the root file system's, so that
 * where both name a folder the latter decides its mode and owner. Archives are joined by leaving out the end mark of
 * all but the last; nothing is copied on disk.
 */
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
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
  /** A fresh stream of the whole archive. */
  open(): Readable;
}

const blockBytes = 512;

/** An archive, and how its bytes are read. */
export interface Archive {
  path: string;
  /** The first so many bytes. */
  read(endBytes: number): AsyncIterable<Buffer>;
}

/** An archive that was verified before, or is our own. */
export function plainArchive(path: string): Archive {
  return { path, read: (endBytes) => createReadStream(path, { end: endBytes - 1, highWaterMark: readBytes }) };
}

/** Joins `rootfs` with `modules`, if there are any. `work` is a folder for a small file; `sourceDate` dates its folders. */
export async function readRootTree(
  { rootfs, modules }: { rootfs: Archive; modules: Archive | null },
  work: string,
  sourceDate: number,
): Promise<RootTree> {
  const archives = modules === null ? [rootfs] : [writeModuleFolders(work, sourceDate), modules, rootfs];
  const parts = await Promise.all(
    archives.map(async (each) => {
      const archive = await each;
      return { archive, ...(await listTar(archive.path)) };
    }),
  );
  return {
    entries: parts.flatMap(({ entries }) => entries),
    open: () => Readable.from(joinArchives(parts), { objectMode: false, highWaterMark: readBytes }),
  };
}

const readBytes = 128 << 10;

/** The archives without their end marks, one after the other, and one end mark. */
export async function* joinArchives(
  parts: readonly { archive: Pick<Archive, 'read'>; endBytes: number }[],
): AsyncGenerator<Buffer> {
  for (const { archive, endBytes } of parts) yield* archive.read(endBytes);
  yield Buffer.alloc(2 * blockBytes); // the end mark, tar(5)
}

/** A tar of the folders above the modules, which mke2fs(8) wants before what is in them. */
async function writeModuleFolders(work: string, sourceDate: number): Promise<Archive> {
  const folder = join(work, 'module-folders');
  const path = join(work, 'module-folders.tar');
  await mkdir(join(folder, 'usr/lib/modules'), { recursive: true });
  await runTool('tar', [
    '--create',
    `--file=${path}`,
    `--directory=${folder}`,
    '--format=ustar',
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=0755',
    `--mtime=@${sourceDate}`,
    'usr',
  ]);
  return plainArchive(path);
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
