import { stat, statfs } from 'node:fs/promises';

/** How much is free on the disk that a folder lies on. */
export interface DiskSpace {
  /** Tells disks apart: two folders with the same one share what is free. */
  device: string;
  freeBytes: number;
}

/** Asks the kernel, which costs next to nothing. @throws the error of statfs(2) or stat(2). */
export async function diskSpaceOf(folder: string): Promise<DiskSpace> {
  const [{ bavail, bsize }, { dev }] = await Promise.all([statfs(folder), stat(folder)]);
  return { device: String(dev), freeBytes: bavail * bsize };
}
