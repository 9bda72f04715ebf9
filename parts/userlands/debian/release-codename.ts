import { readFile } from 'node:fs/promises';

/** The Debian release this stage image itself is made of, os-release(5). */
export async function releaseCodename(): Promise<string> {
  const codename = /^VERSION_CODENAME="?([a-z0-9-]+)"?$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1];
  if (!codename) throw new Error('/etc/os-release of this stage image names no VERSION_CODENAME');
  return codename;
}
