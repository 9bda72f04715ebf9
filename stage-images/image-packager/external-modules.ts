/**
 * Kernel modules that packages brought into the root file system, beside those of the kernel. depmod(8) has to see all of
 * them at once, so its files are made anew here, where both are.
 */
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { TarArchive } from '../../parts/file-tree/tar-archive.ts';
import { reproducibleTar } from '../contract/reproducible-tar.ts';
import { runTool } from '../contract/tool.ts';

export interface ModulesInput {
  /** The tar of the kernel's usr/lib/modules/<release>. */
  modules: string;
  /** The tar of the root file system. */
  rootfs: TarArchive;
  release: string;
  sourceDate: number;
}

/**
 * The tar of the kernel's modules, with what depmod says of them and of the modules in the root file system together; the
 * latter stay where they are. `modules` itself when the root file system has none. `work`: a folder that is made.
 */
export async function indexModules(
  { modules, rootfs, release, sourceDate }: ModulesInput,
  work: string,
): Promise<string> {
  const own = `usr/lib/modules/${release}`;
  const { entries } = await rootfs.content();
  const external = entries.filter(({ kind, path }) => kind === 'file' && isModule(path, own)).map(({ path }) => path);
  if (external.length === 0) return modules;
  const tree = join(work, 'tree');
  const kernel = join(tree, own);
  const aside = join(work, 'aside');
  await mkdir(tree, { recursive: true });
  await mkdir(aside);
  const extract = ['--extract', `--directory=${tree}`, '--no-same-owner'];
  await runTool('tar', [...extract, `--file=${modules}`]);
  await runTool('tar', [...extract, '--keep-directory-symlink', `--file=${rootfs.path}`, ...external]);
  await runTool('depmod', ['--all', `--basedir=${join(tree, 'usr')}`, release]);
  for (const [index, path] of external.entries()) await rename(join(tree, path), join(aside, String(index)));
  const archive = join(work, 'modules.tar');
  await runTool('tar', [
    '--create',
    `--file=${archive}`,
    `--directory=${tree}`,
    ...reproducibleTar(sourceDate),
    `./${kernel.slice(tree.length + 1)}`,
  ]);
  return archive;
}

function isModule(path: string, folder: string): boolean {
  const inFolder = path.replace(/^\.\//, '').startsWith(`${folder}/`);
  return inFolder && /\.ko(\.(gz|xz|zst))?$/.test(path);
}
