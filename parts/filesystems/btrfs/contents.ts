/** What of a tree Btrfs can hold as mkfs.btrfs fills it, and where its subvolumes divide it. */
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { type Entry, isDevice, plainPath } from '../../file-tree/file-tree.ts';
import type { BtrfsParams } from './params.ts';

export interface KeptEntries {
  keeps(entry: Entry): boolean;
  /** The folder of an absolute path, if there is one. */
  folderAt(path: string): Entry | undefined;
}

/**
 * mkfs.btrfs writes devices without their numbers. Those below /dev are left out: the kernel lays its own /dev over it before
 * anything runs. @throws StageFailure `file-system.unfit` for another device, and for a file with names in two subvolumes
 */
export function keptEntries(entries: readonly Entry[], subvolumes: BtrfsParams['subvolumes']): KeptEntries {
  const keeps = (entry: Entry) => !isDevice(entry);
  const volumeOf = (path: string) =>
    subvolumes.find((one) => one.path !== '/' && `/${plainPath(path)}`.startsWith(`${one.path}/`))?.name ?? 'the root';
  for (const entry of entries) {
    const path = plainPath(entry.path);
    if (isDevice(entry) && !path.startsWith('dev/'))
      throw unfit(path, 'it is a device, and mkfs.btrfs keeps no device numbers');
    if (entry.kind !== 'hardlink') continue;
    const [own, other] = [volumeOf(entry.path), volumeOf(entry.link)];
    if (own !== other)
      throw unfit(path, `it is one file with /${plainPath(entry.link)}, which is in ${other}, not in ${own}`);
  }
  const folders = new Map(
    entries.filter(({ kind }) => kind === 'folder').map((entry) => [plainPath(entry.path), entry]),
  );
  return { keeps, folderAt: (path) => folders.get(plainPath(path)) };
}

function unfit(path: string, why: string): StageFailure {
  return new StageFailure({
    code: 'file-system.unfit',
    message: `Btrfs cannot hold /${path} as it is: ${why}.`,
    hint: 'Leave the file out, have the system make it at boot (tmpfiles.d(5)), or choose another file system.',
  });
}
