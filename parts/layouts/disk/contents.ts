/** What each partition is filled with: what the root tree has at its mount point, what the boot loader places, or nothing. */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { divideTree, IndivisibleTree } from '../../file-tree/divided-tree.ts';
import { type FileTree, plainPath } from '../../file-tree/file-tree.ts';
import { PlacedTree } from '../../file-tree/placed-tree.ts';
import { TarArchive } from '../../file-tree/tar-archive.ts';
import { TarTree } from '../../file-tree/tar-tree.ts';
import { labelledTree } from '../../labels/labelled-tree.ts';
import type { FilePlacement } from '../../placement.ts';
import type { Content, LayoutJob } from '../layout.ts';

type Job = Pick<LayoutJob, 'work' | 'sourceDate'>;

/**
 * A tree for each partition, in their order. Without a partition for /boot, that is a folder of the root file system.
 * @param divided what each folder has that a partition is mounted on
 * @throws StageFailure `boot.placement-impossible`, `boot.file-invalid`
 */
export async function treesOf(
  { partitions, labeller }: Pick<Content, 'partitions' | 'labeller'>,
  divided: ReadonlyMap<string, FileTree>,
  placements: readonly FilePlacement[],
  { work, sourceDate }: Job,
): Promise<FileTree[]> {
  const has = (role: string) => partitions.some((partition) => partition.role === role);
  const byRole = new Map<string, FilePlacement[]>();
  for (const placement of placements) {
    const { role, placed } = destination(placement, has);
    if (partitions.some((partition) => partition.role === role && partition.verity))
      throw impossible(`The boot loader brings ${placement.path} for ${role}, which dm-verity checks as it is.`);
    byRole.set(role, [...(byRole.get(role) ?? []), placed]);
  }
  for (const [role, placed] of byRole) await refuseBadFiles(role, placed);
  return Promise.all(
    partitions.map(async ({ role, label, mount, fileSystem }) => {
      const placed = new PlacedTree(byRole.get(role) ?? [], join(work, 'placed', label), sourceDate);
      const folder = role === 'root' ? '/' : mount;
      const own = divided.get(folder ?? '');
      if (!own) return placed;
      const tree = byRole.has(role) ? await over(placed, own, role, join(work, 'joined', label)) : own;
      // What keeps no attributes has one label for all that is in it, which the kernel gives.
      if (!labeller || !folder || !fileSystem.keepsOwners) return tree;
      const place = { folder, added: fileSystem.ownFolders, sourceDate, work: join(work, 'labelled', label) };
      return labelledTree(tree, labeller, place);
    }),
  );
}

/**
 * What is in each folder that a partition is mounted on, and what is left; without such partitions, the tree as it is.
 * @throws StageFailure `image.mount-impossible`
 */
export async function dividedTrees(
  { root, partitions }: Content,
  { work, sourceDate }: Job,
): Promise<ReadonlyMap<string, FileTree>> {
  const mounts = partitions.flatMap(({ mount = '/' }) => (mount === '/' ? [] : mount));
  if (mounts.length === 0) return new Map([['/', root]]);
  try {
    return await divideTree(root, mounts, join(work, 'divided'), sourceDate);
  } catch (cause) {
    if (!(cause instanceof IndivisibleTree)) throw cause;
    const pointer = partitions.find(({ mount }) => mount === cause.mount)?.asked?.pointer;
    throw new StageFailure({
      code: 'image.mount-impossible',
      message: `No partition can be mounted on ${cause.mount}: ${cause.message}.`,
      hint: 'Choose another mount point, or leave the partition out.',
      ...(pointer === undefined
        ? {}
        : { details: [{ pointer: `${pointer}/mount`, message: cause.message, value: JSON.stringify(cause.mount) }] }),
    });
  }
}

/** The role of the partition that a file goes into, and its path there. */
function destination(
  placement: FilePlacement,
  has: (role: string) => boolean,
): { role: string; placed: FilePlacement } {
  if (has(placement.at)) return { role: placement.at, placed: placement };
  if (placement.at === 'boot' && has('root'))
    return { role: 'root', placed: { ...placement, at: 'root', path: `boot/${placement.path}` } };
  throw impossible(`The boot loader brings ${placement.path} for ${placement.at}, and no such partition is planned.`);
}

/** A file system's own files with the placed ones, which must be none that it has already. */
async function over(placed: FileTree, own: FileTree, role: string, work: string): Promise<FileTree> {
  const present = new Set((await own.entries()).map(({ path }) => plainPath(path)));
  for (const { kind, path } of await placed.entries())
    if (kind === 'file' && present.has(path)) throw invalid(path, role, 'is in its file system already');
  return new TarTree(
    (await Promise.all([placed.archive(), own.archive()])).map((path) => new TarArchive(path)),
    work,
  );
}

async function refuseBadFiles(role: string, placed: readonly FilePlacement[]): Promise<void> {
  const seen = new Set<string>();
  for (const file of placed) {
    const { path } = file;
    if (!path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0')))
      throw invalid(path, role, 'has no relative path without empty parts, . and ..');
    if (seen.has(path)) throw invalid(path, role, 'is written twice');
    seen.add(path);
    if ('file' in file) await requireReadable(file.file, path, role);
  }
}

async function requireReadable(source: string, path: string, role: string): Promise<void> {
  try {
    await access(source, constants.R_OK);
  } catch (cause) {
    throw invalid(path, role, `is to be copied from ${source}, which cannot be read in the image-packager`, cause);
  }
}

function invalid(path: string, role: string, why: string, cause?: unknown): StageFailure {
  return new StageFailure({
    code: 'boot.file-invalid',
    message: `The file ${path} of the partition for ${role} ${why}${cause instanceof Error ? ` (${cause.message})` : ''}.`,
    hint: 'Correct the boot loader component that adds the file.',
  });
}

export function impossible(message: string): StageFailure {
  return new StageFailure({
    code: 'boot.placement-impossible',
    message,
    hint: 'Choose another boot loader, or a platform component that brings such a partition.',
  });
}
