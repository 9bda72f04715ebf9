/** SquashFS, made of a tar by sqfstar(1): read only, compressed in large blocks, the smallest of all. */
import { Readable } from 'node:stream';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { type Entry, type FileTree, plainPath } from '../../file-tree/file-tree.ts';
import { TarArchive } from '../../file-tree/tar-archive.ts';
import { definePart } from '../../part.ts';
import type { FileSystemFacts } from '../file-system.ts';
import { finishedImage } from '../finished-image.ts';
import { refuseTimesBeyond } from '../times.ts';
import { lastOfEach } from './last-of-each.ts';
import { SquashfsParams, squashfsTraits } from './params.ts';

export const squashfs = definePart(SquashfsParams, ({ compression }) =>
  finishedImage(squashfsTraits, (target, tree, facts) => make(target, tree, facts, compression)),
);

async function make(target: string, tree: FileTree, facts: FileSystemFacts, compression: string) {
  const archive = new TarArchive(await tree.archive());
  const { entries } = await archive.content();
  // Times are 32 bits without a sign.
  refuseTimesBeyond('SquashFS', entries, 2 ** 32 - 1);
  const root = entries.findLast(({ path }) => plainPath(path) === '');
  await runTool('sqfstar', squashfsArguments(target, root, facts, compression), {
    stdin: Readable.from(lastOfEach(archive), { objectMode: false }),
  });
}

/**
 * Without SOURCE_DATE_EPOCH in its environment, which would make every later time that one.
 * @param root the root folder, which sqfstar passes over in an archive
 */
export function squashfsArguments(
  target: string,
  root: Pick<Entry, 'mode' | 'uid' | 'gid' | 'mtime' | 'xattrs'> | undefined,
  { sourceDate }: Pick<FileSystemFacts, 'sourceDate'>,
  compression: string,
): string[] {
  const { mode, uid, gid, mtime, xattrs } = root ?? {
    mode: 0o755,
    uid: 0,
    gid: 0,
    mtime: sourceDate,
    xattrs: new Map(),
  };
  return [
    ...['-quiet', '-no-progress', '-exit-on-error'],
    ...['-comp', compression],
    // By default a quarter of the machine's memory, of which a container has a part.
    ...['-mem', '512M'],
    ...['-mkfs-time', String(sourceDate)],
    // Of folders that the archive has only as parts of paths.
    ...['-default-mode', '0755', '-default-uid', '0', '-default-gid', '0'],
    ...['-root-mode', mode.toString(8).padStart(4, '0'), '-root-uid', String(uid), '-root-gid', String(gid)],
    ...['-root-time', String(mtime)],
    ...[...xattrs].flatMap(([name, value]) => ['-p', `/ x ${name}=0x${value.toString('hex')}`]),
    target,
  ];
}
