/**
 * A folder for a mkfs that copies one, and what it is told of it. No container of this stage may give files owners, devices or
 * attributes; so the files have none, and a library that is loaded before the C library's (told-tree.c) tells the mkfs of those
 * that the tree has.
 */
import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deriveUuid } from '../../../stage-images/contract/derive.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { type Entry, type EntryKind, type FileTree, isDevice, plainPath } from '../file-tree.ts';
import { unpackTree } from '../unpack.ts';

/** Where the packager's image has the library. */
const library = '/usr/lib/ldf/told-tree.so';

export type Told = Pick<Entry, 'kind' | 'uid' | 'gid' | 'mode' | 'mtime' | 'xattrs' | 'device'>;

/** Bits of inode(7) for the type of a file. */
const typeBits: Readonly<Record<Exclude<EntryKind, 'hardlink'>, number>> = {
  fifo: 0o010000,
  'character-device': 0o020000,
  folder: 0o040000,
  'block-device': 0o060000,
  file: 0o100000,
  symlink: 0o120000,
};

/** What the mkfs is told beside the tree. */
export interface ToldFacts {
  label: string;
  /** 64 hexadecimal digits, from which identifiers follow. */
  key: string;
  /** Seconds since the epoch: the time of whatever has no other. */
  sourceDate: number;
  /** A folder of its own, which is there. */
  work: string;
}

export class ToldFolder {
  readonly path: string;
  readonly #facts: ToldFacts;
  readonly #lines = new Map<bigint, string>();
  #device = 0n;

  private constructor(path: string, facts: ToldFacts) {
    this.path = path;
    this.#facts = facts;
  }

  /**
   * Unpacks the tree into a new folder of its own, and tells everything that its entries tell.
   * @param keeps devices that are to be there
   */
  static async of(
    tree: FileTree,
    path: string,
    { facts, keeps }: { facts: ToldFacts; keeps(device: Entry): boolean },
  ): Promise<ToldFolder> {
    await unpackTree(tree, path);
    // Whoever runs the mkfs has to read all of it, and has no right but that of an owner.
    await runTool('chmod', ['--recursive', 'u+rwX', path]);
    const entries = await tree.entries();
    for (const device of entries.filter((entry) => isDevice(entry) && keeps(entry)))
      await writeFile(join(path, plainPath(device.path)), '');
    const folder = new ToldFolder(path, facts);
    const told = new Map<string, Told>();
    for (const entry of entries)
      if (entry.kind !== 'hardlink' && (!isDevice(entry) || keeps(entry))) told.set(plainPath(entry.path), entry);
    for (const implied of impliedFolders(told.keys())) if (!told.has(implied)) told.set(implied, folder.ofRoot());
    for (const [inside, entry] of told) await folder.tell(join(path, inside), entry);
    return folder;
  }

  /** A folder of root's own, of the date of the sources. */
  ofRoot(): Told {
    return { kind: 'folder', uid: 0, gid: 0, mode: 0o755, mtime: this.#facts.sourceDate, xattrs: new Map() };
  }

  /** A new folder. */
  async add(path: string, told: Told): Promise<void> {
    await mkdir(path);
    await this.tell(path, told);
  }

  /** What the mkfs is told of a file that is there; it may be renamed afterwards. */
  async tell(path: string, { kind, uid, gid, mode, mtime, xattrs, device }: Told): Promise<void> {
    if (kind === 'hardlink') throw new Error(`${path} is another name of a file, which is told of once`);
    const { ino, dev } = await lstat(path, { bigint: true });
    this.#device = dev;
    const attributes = [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1));
    const numbers = [device?.major ?? 0, device?.minor ?? 0, attributes.length];
    const line = [ino, (typeBits[kind] | mode).toString(8), uid, gid, mtime, ...numbers].join(' ');
    const values = attributes.map(([name, value]) => `${name} x${value.toString('hex')}`);
    this.#lines.set(ino, [line, ...values].join('\n'));
  }

  /** What a mkfs has to have in its environment to be told, after everything has been said. */
  async environment(): Promise<Record<string, string>> {
    const table = `${this.path}.table`;
    await writeFile(table, [this.#device, ...this.#lines.values(), ''].join('\n'));
    const { key, label, sourceDate } = this.#facts;
    return {
      LD_PRELOAD: library,
      LDF_TOLD_TREE: table,
      LDF_TOLD_SEED: deriveUuid(key, 'told-tree', label).replaceAll('-', ''),
      SOURCE_DATE_EPOCH: String(sourceDate),
    };
  }
}

/** Every folder that paths lead through, the root included. */
function impliedFolders(paths: Iterable<string>): Set<string> {
  const folders = new Set(['']);
  for (const path of paths)
    for (let folder = dirname(path); folder !== '.' && folder !== '/'; folder = dirname(folder)) folders.add(folder);
  return folders;
}
