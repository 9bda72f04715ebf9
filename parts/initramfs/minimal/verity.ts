/** What opens a root file system that dm-verity checks: dmsetup(8), and the libraries that it is linked with. */
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { dynamicLinkers, triplets } from '../../../src/architecture.ts';
import type { InitramfsJob } from '../initramfs.ts';
import type { CpioEntry } from './cpio.ts';

const program = '/usr/sbin/dmsetup';
const libraries = [
  'libc.so.6',
  'libcap.so.2',
  'libdevmapper.so.1.02.1',
  'libm.so.6',
  'libpcre2-8.so.0',
  'libselinux.so.1',
  'libudev.so.1',
] as const;

/** They stand where the program looks for them. @throws StageFailure `boot.file-missing` */
export async function verityPrograms({
  arch,
  bootFile,
}: Pick<InitramfsJob, 'arch' | 'bootFile'>): Promise<CpioEntry[]> {
  const linker = dynamicLinkers[arch];
  const folder = `lib/${triplets[arch]}`;
  const copied = [
    { path: 'bin/dmsetup', from: program },
    ...libraries.map((name) => ({ path: `${folder}/${name}`, from: `/usr/${folder}/${name}` })),
    { path: linker.slice(1), from: `/usr/${folder}/${posix.basename(linker)}` },
  ];
  const files = await Promise.all(
    copied.map(async ({ path, from }): Promise<CpioEntry> => {
      const data = await readFile(await bootFile(from));
      return { path, type: 'file', mode: 0o755, data };
    }),
  );
  const folders = new Set([folder, posix.dirname(linker).slice(1)]);
  folders.delete('lib');
  return [...[...folders].map((path): CpioEntry => ({ path, type: 'folder', mode: 0o755 })), ...files];
}
