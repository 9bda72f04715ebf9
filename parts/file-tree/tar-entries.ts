/**
 * Reads what a tar tells of its entries, and none of their data: some hundredths of a second for each thousand entries. pax(1), "pax Interchange Format" and "ustar Interchange Format"; GNU tar's manual, "Basic Tar Format".
 */
import { type FileHandle, open } from 'node:fs/promises';
import { type Entry, type EntryKind, isDevice } from './file-tree.ts';

export interface TarContent {
  entries: Entry[];
  /** Of each entry its place in the archive: from the first of its headers to the end of its data. */
  extents: Extent[];
  /** Where the mark of the archive's end begins. */
  endBytes: number;
}

export interface Extent {
  startBytes: number;
  endBytes: number;
}

export interface PlacedEntry extends Extent {
  entry: Entry;
}

/** Each entry with its place. */
export function placedEntries({ entries, extents }: TarContent): PlacedEntry[] {
  return entries.map((entry, index) => {
    const extent = extents[index];
    if (!extent) throw new Error(`an archive has the entry ${entry.path} without a place`);
    return { entry, ...extent };
  });
}

const blockBytes = 512;
/** Headers mostly stand close together; what is read at once is enough for a few. */
const windowBytes = 64 << 10;
/** Of a header's own data, such as long names and attributes; Linux allows attributes of 64 KiB. */
const mostHeaderBytes = 1 << 20;

const kinds: Readonly<Record<string, EntryKind>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'folder',
  '6': 'fifo',
  '7': 'file',
};

/** @throws Error for what is no tar, or one that ends before its end mark. */
export async function readTarEntries(path: string): Promise<TarContent> {
  const file = await open(path);
  try {
    return await readAll(path, new Window(file));
  } finally {
    await file.close();
  }
}

async function readAll(path: string, window: Window): Promise<TarContent> {
  const entries: Entry[] = [];
  const extents: Extent[] = [];
  let startBytes = 0;
  let own: Extension = noExtension;
  let global: Extension = noExtension;
  for (let position = 0; ; ) {
    const header = await window.read(position, blockBytes);
    if (header.length < blockBytes) throw new Error(`${path} ends at byte ${position} without the mark of a tar's end`);
    if (header.every((byte) => byte === 0)) return { entries, extents, endBytes: position };
    refuseDamaged(path, position, header);
    const data = position + blockBytes;
    const type = header.toString('latin1', 156, 157);
    const sizeBytes = own.sizeBytes ?? number(header, 124, 12);
    const readData = async () => {
      if (sizeBytes > mostHeaderBytes)
        throw new Error(`${path} has a header of ${sizeBytes} bytes at byte ${position}`);
      return window.read(data, sizeBytes);
    };
    if (type === 'x') own = { ...own, ...paxExtension(await readData()) };
    else if (type === 'g') global = { ...global, ...paxExtension(await readData()) };
    else if (type === 'L') own = { ...own, path: text(await readData()) };
    else if (type === 'K') own = { ...own, link: text(await readData()) };
    else entries.push(entry(path, header, type, sizeBytes, { ...global, ...own }));
    // Links have a size in some archives, and never data.
    const hasData = !['1', '2', '3', '4', '5', '6'].includes(type);
    position = data + (hasData ? Math.ceil(sizeBytes / blockBytes) * blockBytes : 0);
    if (entries.length === extents.length) continue;
    own = noExtension;
    extents.push({ startBytes, endBytes: position });
    startBytes = position;
  }
}

/** What an extended header says in place of, or beyond, the entry's own header. */
interface Extension {
  path?: string;
  link?: string;
  uid?: number;
  gid?: number;
  sizeBytes?: number;
  mtime?: number;
  xattrs?: ReadonlyMap<string, Buffer>;
}
const noExtension: Extension = {};
const noXattrs: ReadonlyMap<string, Buffer> = new Map();

function entry(path: string, header: Buffer, type: string, sizeBytes: number, extension: Extension): Entry {
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`${path} has an entry of the unknown type ${JSON.stringify(type)}`);
  const prefix = header.toString('latin1', 257, 262) === 'ustar' && header[263] === 0x30 ? text(header, 345, 155) : '';
  const name = text(header, 0, 100);
  const linked = kind === 'symlink' || kind === 'hardlink';
  return {
    path: extension.path ?? (prefix === '' ? name : `${prefix}/${name}`),
    kind,
    uid: extension.uid ?? number(header, 108, 8),
    gid: extension.gid ?? number(header, 116, 8),
    mode: number(header, 100, 8) & 0o7777,
    sizeBytes: kind === 'file' ? sizeBytes : 0,
    mtime: Math.floor(extension.mtime ?? number(header, 136, 12)),
    link: linked ? (extension.link ?? text(header, 157, 100)) : '',
    ...(isDevice({ kind }) ? { device: { major: number(header, 329, 8), minor: number(header, 337, 8) } } : {}),
    xattrs: extension.xattrs ?? noXattrs,
  };
}

/** Records `length key=value\n`; a value may hold any byte. */
function paxExtension(data: Buffer): Extension {
  const extension: Extension = {};
  const xattrs = new Map<string, Buffer>();
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const end = at + Number(data.toString('latin1', at, space));
    const equals = data.indexOf(0x3d, space);
    if (space < 0 || equals < 0 || !(end > equals) || end > data.length) throw new Error('a pax header is damaged');
    const key = data.toString('utf8', space + 1, equals);
    const value = data.subarray(equals + 1, end - 1);
    const xattr = /^SCHILY\.xattr\.(.+)$/.exec(key)?.[1];
    if (xattr !== undefined) xattrs.set(xattr, Buffer.from(value));
    else if (key === 'path') extension.path = value.toString('utf8');
    else if (key === 'linkpath') extension.link = value.toString('utf8');
    else if (key === 'uid') extension.uid = Number(value);
    else if (key === 'gid') extension.gid = Number(value);
    else if (key === 'size') extension.sizeBytes = Number(value);
    else if (key === 'mtime') extension.mtime = Number(value);
    at = end;
  }
  return xattrs.size > 0 ? { ...extension, xattrs } : extension;
}

/** The checksum is the sum of the header's bytes, its own eight counted as spaces. */
function refuseDamaged(path: string, position: number, header: Buffer): void {
  const sum = header.reduce((total, byte, index) => total + (index < 148 || index >= 156 ? byte : 0x20), 0);
  if (sum !== number(header, 148, 8)) throw new Error(`${path} is no tar, or damaged at byte ${position}`);
}

/** Octal digits, or GNU's base 256 for what they have no room for. */
function number(buffer: Buffer, start: number, length: number): number {
  if (((buffer[start] ?? 0) & 0x80) === 0) return Number.parseInt(text(buffer, start, length).trim() || '0', 8);
  let value = (buffer[start] ?? 0) & 0x7f;
  for (let index = start + 1; index < start + length; index += 1) value = value * 256 + (buffer[index] ?? 0);
  return value;
}

/** Up to the first NUL. */
function text(buffer: Buffer, start = 0, length = buffer.length): string {
  const end = buffer.indexOf(0, start);
  return buffer.toString('utf8', start, end < 0 || end > start + length ? start + length : end);
}

/** A file read in windows, of which the last is kept. */
class Window {
  readonly #file: FileHandle;
  #start = 0;
  #bytes = Buffer.alloc(0);

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Up to `length` bytes; fewer at the end of the file. */
  async read(position: number, length: number): Promise<Buffer> {
    if (position < this.#start || position + length > this.#start + this.#bytes.length) {
      const buffer = Buffer.alloc(Math.max(length, windowBytes));
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, position);
      this.#start = position;
      this.#bytes = buffer.subarray(0, bytesRead);
    }
    return this.#bytes.subarray(position - this.#start, position - this.#start + length);
  }
}
