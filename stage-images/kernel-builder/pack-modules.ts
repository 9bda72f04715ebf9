/** The modules of a built kernel as a tar that is unpacked over a root file system. */
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../contract/tool.ts';
import type { KernelTree } from './kernel-tree.ts';

interface ModulesOptions {
  tree: KernelTree;
  release: string;
  work: string;
  /** The tar to write. It holds usr/lib/modules/<release>. */
  archive: string;
  /** Seconds since the epoch: the modification time of everything in it. */
  date: number;
}

/**
 * Installs and packs the modules. A kernel that can load modules but has none gets the folder, too: modules.builtin
 * tells modprobe(8) that what it looks for is built in.
 */
export async function packModules({ tree, release, work, archive, date }: ModulesOptions): Promise<void> {
  const root = join(work, 'modules');
  await mkdir(join(root, 'usr/lib'), { recursive: true });
  // The kernel installs below lib, and depmod looks there; on a merged /usr both mean usr/lib.
  await symlink('usr/lib', join(root, 'lib'));
  await tree.make(['-s', 'modules_install', `INSTALL_MOD_PATH=${root}`, 'INSTALL_MOD_STRIP=1', 'DEPMOD=true']);
  const folder = `usr/lib/modules/${release}`;
  // Links to the build folder, which is gone when the modules are used.
  for (const link of ['build', 'source']) await rm(join(root, folder, link), { force: true });
  await runTool('depmod', [
    '--all',
    `--basedir=${root}`,
    `--filesyms=${tree.built('System.map')}`,
    '--errsyms',
    release,
  ]);
  await runTool('tar', [
    '--create',
    `--file=${archive}`,
    `--directory=${root}`,
    '--sort=name',
    `--mtime=@${date}`,
    ...['--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'],
    ...['--format=posix', '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'],
    `./${folder}`,
  ]);
}
