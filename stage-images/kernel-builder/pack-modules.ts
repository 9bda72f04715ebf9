/** The modules of a kernel as a tar that is unpacked over a root file system. */
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { reproducibleTar } from '../contract/reproducible-tar.ts';
import { runTool } from '../contract/tool.ts';
import type { KernelTree } from './kernel-tree.ts';

/** Makes a folder below `work` for modules to be installed into, and returns it. */
export async function moduleRoot(work: string): Promise<string> {
  const root = join(work, 'modules');
  await mkdir(join(root, 'usr/lib'), { recursive: true });
  // The kernel installs below lib, and depmod looks there; on a merged /usr both mean usr/lib.
  await symlink('usr/lib', join(root, 'lib'));
  return root;
}

/** Where a kernel's modules lie below `root`. */
export function moduleFolder(root: string, release: string): string {
  return join(root, 'usr/lib/modules', release);
}

/**
 * Installs the modules of a built kernel below `root`. A kernel that can load modules but has none gets the folder, too:
 * modules.builtin tells modprobe(8) that what it looks for is built in. @param more variables for make, such as what signs them
 */
export async function installModules(
  tree: KernelTree,
  release: string,
  root: string,
  more: readonly string[] = [],
): Promise<void> {
  const variables = [`INSTALL_MOD_PATH=${root}`, 'INSTALL_MOD_STRIP=1', 'DEPMOD=true', ...more];
  await tree.make(['-s', 'modules_install', ...variables]);
  // Links to the build folder, which is gone when the modules are used.
  for (const link of ['build', 'source']) await rm(join(moduleFolder(root, release), link), { force: true });
}

interface ModulesOptions {
  root: string;
  release: string;
  /** The tar to write. It holds usr/lib/modules/<release>. */
  archive: string;
  /** Seconds since the epoch: the modification time of everything in it. */
  date: number;
  /** The kernel's System.map: symbols that nothing has are reported. */
  symbols?: string;
}

/** Works out what the modules below `root` depend on, and packs them. */
export async function packModules({ root, release, archive, date, symbols }: ModulesOptions): Promise<void> {
  const check = symbols === undefined ? [] : [`--filesyms=${symbols}`, '--errsyms'];
  await runTool('depmod', ['--all', `--basedir=${root}`, ...check, release]);
  await runTool('tar', [
    '--create',
    `--file=${archive}`,
    `--directory=${root}`,
    ...reproducibleTar(date),
    `./usr/lib/modules/${release}`,
  ]);
}
