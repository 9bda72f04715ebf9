import type { RootFs } from '../../root-fs/root-fs.ts';

/** What dpkg(1) and ucf(1) leave beside a file of ours that a package has one of, too. */
const setAside = ['dpkg-dist', 'dpkg-new', 'dpkg-old', 'ucf-dist', 'ucf-old'];

/** Removes the versions of packages that were set aside for the files given. */
export async function removeSetAside(root: RootFs, paths: readonly string[]): Promise<void> {
  for (const path of paths) for (const ending of setAside) await root.remove(`${path}.${ending}`);
}
