/** The header of a tar's entry: ustar, with an extended header before it for what ustar has no room for (pax(1)). */
import { type Entry, type EntryKind, plainPath } from './file-tree.ts';

const blockBytes = 512;

const types: Readonly<Record<EntryKind, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  folder: '5',
  fifo: '6',
};

/** The blocks that stand before the data of an entry. Its path is written as tar(1) has it: `./etc/`, the root `./`. */
export function tarHeader(entry: Entry): Buffer {
  const { kind, uid, gid, sizeBytes, mtime, link, xattrs } = entry;
  const plain = plainPath(entry.path);
  const path = kind === 'folder' ? `./${plain}${plain === '' ? '' : '/'}` : `./${plain}`;
  const records = [
    ...(fitsText(path) ? [] : [record('path', Buffer.from(path))]),
    ...(fitsText(link) ? [] : [record('linkpath', Buffer.from(link))]),
    ...(uid < mostShortId ? [] : [record('uid', Buffer.from(String(uid)))]),
    ...(gid < mostShortId ? [] : [record('gid', Buffer.from(String(gid)))]),
    ...(sizeBytes < mostLongNumber ? [] : [record('size', Buffer.from(String(sizeBytes)))]),
    ...(mtime >= 0 && mtime < mostLongNumber ? [] : [record('mtime', Buffer.from(String(mtime)))]),
    ...[...xattrs].map(([name, value]) => record(`SCHILY.xattr.${name}`, value)),
  ];
  const own = block({ ...entry, path }, types[kind], kind === 'file' ? sizeBytes : 0);
  if (records.length === 0) return own;
  const extension = Buffer.concat(records);
  const about = { ...entry, path: './PaxHeaders', link: '', mode: 0o644, uid: 0, gid: 0 };
  return Buffer.concat([block(about, 'x', extension.length), padded(extension), own]);
}

/** Octal digits of the fields for owners, and for sizes and times. */
const mostShortId = 8 ** 7;
const mostLongNumber = 8 ** 11;
const nameBytes = 100;

/** In ASCII alone: of other bytes a reader may not know which characters they are. */
function fitsText(text: string): boolean {
  return text.length <= nameBytes && /^[\x20-\x7e]*$/.test(text);
}

/** `length key=value\n`, where the length counts its own digits. */
function record(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((blockBytes - (data.length % blockBytes)) % blockBytes)]);
}

/** What does not fit into a field stands in the extended header, and the field is cut or 0. */
function block({ path, mode, uid, gid, mtime, link, device }: Entry, type: string, sizeBytes: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, length: number) => {
    const digits = value >= 0 && value < 8 ** (length - 1) ? value.toString(8) : '0';
    header.write(`${digits.padStart(length - 1, '0')}\0`, at, 'latin1');
  };
  Buffer.from(path).copy(header, 0, 0, nameBytes);
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(gid, 116, 8);
  octal(sizeBytes, 124, 12);
  octal(mtime, 136, 12);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  Buffer.from(link).copy(header, 157, 0, nameBytes);
  header.write('ustar\x0000', 257);
  octal(device?.major ?? 0, 329, 8);
  octal(device?.minor ?? 0, 337, 8);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return header;
}
