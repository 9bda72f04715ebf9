/**
 * A tree as one tar with each path once, in their order: header for header what the tree's own archive has, so that owners, modes, dates to
 * the nanosecond, devices, attributes and hard links stay as they are.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { type FileTree, plainPath } from './file-tree.ts';
import { type PlacedEntry, readTarEntries } from './tar-entries.ts';

/** Writes it to the new file `target`. @throws Error for what is no tar */
export async function writeSortedTar(tree: FileTree, target: string): Promise<void> {
  const archive = await tree.archive();
  const { entries, extents } = await readTarEntries(archive);
  const placed = entries.map((entry, index): PlacedEntry => {
    const extent = extents[index];
    if (!extent) throw new Error(`${archive} has an entry without a place`);
    return { entry, ...extent };
  });
  const input = await open(archive);
  const output = await open(target, 'wx');
  try {
    for (const { startBytes, endBytes } of joined(inOrder(placed))) await copy(input, output, startBytes, endBytes);
    await output.appendFile(endMark);
  } finally {
    await Promise.all([input.close(), output.close()]);
  }
}

/** Two blocks of zeros (pax(1), "ustar Interchange Format"). */
const endMark = Buffer.alloc(1024);
const blockBytes = 1 << 20;

/**
 * As `tar --sort=name` has them: a folder, then what is in it. Of a folder that is named twice the later entry stays. A hard link comes
 * behind the file that it is another name of, wherever its own place would be.
 */
export function inOrder(placed: readonly PlacedEntry[]): PlacedEntry[] {
  const byPath = new Map(placed.map((one) => [plainPath(one.entry.path), one]));
  const sorted = [...byPath]
    .map(([path, one]) => ({ path, one, key: Buffer.from(path.replaceAll('/', '\0')) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const early = new Map<string, PlacedEntry[]>();
  const written = new Set<string>();
  const ordered: PlacedEntry[] = [];
  for (const { path, one } of sorted) {
    const file = plainPath(one.entry.link);
    if (one.entry.kind === 'hardlink' && byPath.has(file) && !written.has(file)) {
      early.set(file, [...(early.get(file) ?? []), one]);
      continue;
    }
    ordered.push(one, ...(early.get(path) ?? []));
    written.add(path);
  }
  return ordered;
}

/** Parts that follow each other in the archive as one. */
function joined(placed: readonly PlacedEntry[]): { startBytes: number; endBytes: number }[] {
  const parts: { startBytes: number; endBytes: number }[] = [];
  for (const { startBytes, endBytes } of placed) {
    const last = parts.at(-1);
    if (last?.endBytes === startBytes) last.endBytes = endBytes;
    else parts.push({ startBytes, endBytes });
  }
  return parts;
}

async function copy(input: FileHandle, output: FileHandle, startBytes: number, endBytes: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(blockBytes, endBytes - startBytes));
  for (let position = startBytes; position < endBytes; ) {
    const { bytesRead } = await input.read(buffer, 0, Math.min(buffer.length, endBytes - position), position);
    if (bytesRead === 0) throw new Error(`an archive ended at byte ${position}, not ${endBytes}, while it was copied`);
    await output.appendFile(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
