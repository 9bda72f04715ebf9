/** What FAT can hold: files and folders of names that every reader takes, with no owner, mode or attribute of their own. */
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { type Entry, type EntryKind, plainPath } from '../../file-tree/file-tree.ts';

/** What every FAT driver and mtools (to which [ and * are patterns) take as it is; it neither begins nor ends with a dot. */
const fatName = /^[\w+~@=,-]+(?:[. ]+[\w+~@=,-]+)*$/;

const unheldKinds: Readonly<Partial<Record<EntryKind, string>>> = {
  symlink: 'a symbolic link',
  hardlink: 'a hard link',
  'character-device': 'a device',
  'block-device': 'a device',
  fifo: 'a pipe',
};

/** @throws StageFailure `file-system.unfit` for the first entry that would not be in the file system as it is in the tree. */
export function refuseWhatFatLoses(entries: readonly Entry[]): void {
  const seen = new Map<string, EntryKind>();
  for (const entry of entries) {
    const path = plainPath(entry.path);
    if (path === '') continue;
    const unheld = unheldKinds[entry.kind];
    if (unheld !== undefined) throw unfit(path, `is ${unheld}, which FAT does not have`);
    if (entry.uid !== 0 || entry.gid !== 0)
      throw unfit(path, `belongs to ${entry.uid}:${entry.gid}, and FAT keeps no owners`);
    if ((entry.mode & 0o7000) !== 0) throw unfit(path, 'is setuid, setgid or sticky, and FAT keeps no modes');
    if (entry.xattrs.size > 0)
      throw unfit(path, `has ${[...entry.xattrs.keys()].join(', ')}, and FAT keeps no attributes`);
    if (!path.split('/').every((part) => fatName.test(part)))
      throw unfit(path, 'has a name that is not of letters, digits, inner dots and spaces, and _ + ~ @ = , -');
    const folded = path.toLowerCase();
    // FAT does not tell A from a. A folder may be named again.
    if (seen.has(folded) && !(entry.kind === 'folder' && seen.get(folded) === 'folder'))
      throw unfit(path, 'is written twice (FAT ignores case)');
    seen.set(folded, entry.kind);
  }
}

function unfit(path: string, why: string): StageFailure {
  return new StageFailure({
    code: 'file-system.unfit',
    message: `FAT cannot hold ${path} as it is: it ${why}.`,
    hint: 'Choose another file system for what is in this partition, or correct the component that adds the file.',
  });
}
