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

function record(path: string, mode: number, inode: number, mtime: number, data: Buffer): Buffer {
  const name = Buffer.from(`${path}\0`);
  const links = 1;
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [inode, mode, 0, 0, links, mtime, data.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([padded(Buffer.concat([header, name])), padded(data)]);
}

/** Header with name, and data, each end on a multiple of four bytes. */
function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
