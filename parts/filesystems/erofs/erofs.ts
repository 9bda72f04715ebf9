/** EROFS, made of a tar by mkfs.erofs(1): read only, compressed in small blocks, quick to read from anywhere. */
import { deriveUuid } from '../../../stage-images/contract/derive.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import type { FileTree } from '../../file-tree/file-tree.ts';
import { definePart } from '../../part.ts';
import type { FileSystemFacts } from '../file-system.ts';
import { finishedImage } from '../finished-image.ts';
import { refuseTimesBeyond } from '../times.ts';
import { ErofsParams, erofsTraits } from './params.ts';

/** One page of every architecture we build for; a kernel mounts no file system with blocks larger than its pages. */
const blockBytes = 4096;
/** The best that the format has and that takes seconds: lz4hc up to 12 and zstd from 10 gain a hundredth, in many times the time. */
const levels = { none: null, lz4: null, lz4hc: 9, deflate: 9, zstd: 9 } as const;

export const erofs = definePart(ErofsParams, ({ compression }) =>
  finishedImage(erofsTraits, (target, tree, facts) => make(target, tree, facts, compression)),
);

async function make(target: string, tree: FileTree, facts: FileSystemFacts, compression: ErofsParams['compression']) {
  // Times are 64 bits without a sign; a tar may have earlier ones.
  refuseTimesBeyond('EROFS', await tree.entries(), Number.MAX_SAFE_INTEGER);
  await runTool('mkfs.erofs', erofsArguments(target, await tree.archive(), facts, compression));
}

/** Without SOURCE_DATE_EPOCH in its environment, which would make every later time that one. */
export function erofsArguments(
  target: string,
  archive: string,
  { key, label, sourceDate }: Pick<FileSystemFacts, 'key' | 'label' | 'sourceDate'>,
  compression: ErofsParams['compression'],
): string[] {
  const level = levels[compression];
  return [
    '--quiet',
    `-b${blockBytes}`,
    ...['-L', label],
    ...['-U', deriveUuid(key, 'file-system', label)],
    ...[`-T${sourceDate}`, '--mkfs-time', '--preserve-mtime'],
    ...(compression === 'none' ? [] : [`-z${compression}${level === null ? '' : `,level=${level}`}`]),
    // Full: the data of the archive, and not only what is where in it.
    '--tar=f',
    target,
    archive,
  ];
}
