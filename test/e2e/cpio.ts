/** Reading the kernel's cpio format, newc: six bytes of magic, then 13 numbers of eight hexadecimal digits, name and data to four bytes. */

const headerBytes = 110;
const aligned = (position: number) => Math.ceil(position / 4) * 4;

export interface CpioFile {
  path: string;
  /** Type and permissions, as in stat(2). */
  mode: number;
  data: Buffer;
}

/** @throws Error for what is no such archive */
export function readCpio(archive: Buffer): CpioFile[] {
  const files: CpioFile[] = [];
  for (let at = 0; ; ) {
    if (archive.toString('latin1', at, at + 6) !== '070701')
      throw new Error(`there is no entry of a cpio at byte ${at}`);
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
    const [mode, sizeBytes, nameBytes] = [field(1), field(6), field(11)];
    const path = archive.toString('utf8', at + headerBytes, at + headerBytes + nameBytes - 1);
    if (path === 'TRAILER!!!') return files;
    const dataAt = aligned(at + headerBytes + nameBytes);
    files.push({ path, mode, data: archive.subarray(dataAt, dataAt + sizeBytes) });
    at = aligned(dataAt + sizeBytes);
  }
}
