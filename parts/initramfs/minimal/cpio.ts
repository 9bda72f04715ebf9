/**
 * Archives in cpio's newc format, which the kernel unpacks as an initramfs (buffer-format.rst in the kernel's
 * documentation). Written here rather than by cpio(1): no staging folder whose owners, times and inode numbers would
 * have to be evened out afterwards.
 */

export interface CpioEntry {
  /** Path without a leading slash; a folder must come before what is in it. */
  path: string;
  type: 'file' | 'folder' | 'link';
  /** Permission bits. */
  mode: number;
  /** Content of a file, or target of a symbolic link. */
  data?: Buffer;
}

const typeBits = { file: 0o100000, folder: 0o040000, link: 0o120000 } as const;

/** Everything is owned by root and bears `mtime` (seconds since the epoch). The kernel wants no padding at the end. */
export function writeCpio(entries: readonly CpioEntry[], mtime: number): Buffer {
  const records = entries.map((entry, index) =>
    record(entry.path, typeBits[entry.type] | entry.mode, index + 1, mtime, entry.data ?? Buffer.alloc(0)),
  );
  return Buffer.concat([...records, record('TRAILER!!!', 0, 0, 0, Buffer.alloc(0))]);
}

/** What stands before and behind the content of one file, and ends the archive: for a file that is too large to be held in memory. */
export function cpioOf(path: string, sizeBytes: number, mtime: number): { before: Buffer; after: Buffer } {
  const folders = path.split('/').slice(0, -1);
  const parents = folders.map((_, index) =>
    record(folders.slice(0, index + 1).join('/'), typeBits.folder | 0o755, index + 1, mtime, Buffer.alloc(0)),
  );
  const file = header(path, typeBits.file | 0o444, folders.length + 1, mtime, sizeBytes);
  const trailer = record('TRAILER!!!', 0, 0, 0, Buffer.alloc(0));
  return { before: Buffer.concat([...parents, file]), after: Buffer.concat([padding(sizeBytes), trailer]) };
}

/** The format has 32 bits for the size of a file. */
export const largestCpioFile = 2 ** 32 - 1;

function record(path: string, mode: number, inode: number, mtime: number, data: Buffer): Buffer {
  return Buffer.concat([header(path, mode, inode, mtime, data.length), data, padding(data.length)]);
}

function header(path: string, mode: number, inode: number, mtime: number, sizeBytes: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  const links = 1;
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [inode, mode, 0, 0, links, mtime, sizeBytes, 0, 0, 0, 0, name.length, 0];
  const text = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  const bytes = Buffer.concat([Buffer.from(text), name]);
  return Buffer.concat([bytes, padding(bytes.length)]);
}

/** Header with name, and data, each end on a multiple of four bytes. */
function padding(lengthBytes: number): Buffer {
  return Buffer.alloc((4 - (lengthBytes % 4)) % 4);
}
