/** ext4, filled from a tar by mke2fs(8): no mount, no root. */
import { join } from 'node:path';
import { deriveUuid } from '../../../stage-images/contract/derive.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import type { FileTree } from '../../file-tree/file-tree.ts';
import { definePart } from '../../part.ts';
import type { FileSystem, FileSystemFacts, Region } from '../file-system.ts';
import { writeAttributes } from './attributes.ts';
import { Ext4Params, ext4Traits } from './params.ts';
import { ext4Bytes, ext4InodeCount, journalMiB } from './size.ts';

const blockBytes = 4096;

export const ext4 = definePart(
  Ext4Params,
  (): FileSystem => ({
    ...ext4Traits,
    ownFolders: [{ path: 'lost+found', mode: 0o700 }],
    size: async (tree, free) => ext4Bytes(await tree.entries(), free),
    fill,
  }),
);

async function fill({ disk, startBytes, sizeBytes }: Region, tree: FileTree, facts: FileSystemFacts): Promise<void> {
  const { key, label, sourceDate, work } = facts;
  const entries = await tree.entries();
  const extended = [
    `offset=${startBytes}`,
    `hash_seed=${deriveUuid(key, 'ext4-hash-seed', label)}`,
    'root_owner=0:0',
    // Its default depends on the running kernel, which must not change the image.
    'lazy_itable_init=0',
    // The disk is a new file: its inode tables need no zeros written over its holes.
    'assume_storage_prezeroed=1',
    // The journal of a new sparse file is zero already; writing it would only fill the holes.
    'lazy_journal_init=1',
  ];
  await runTool(
    'mke2fs',
    [
      ...['-q', '-F', '-t', 'ext4'],
      ...['-b', String(blockBytes), '-I', '256'],
      ...['-N', String(ext4InodeCount(sizeBytes, entries))],
      ...['-J', `size=${journalMiB(sizeBytes)}`],
      ...['-L', label],
      ...['-U', deriveUuid(key, 'file-system', label)],
      // Only the last -E counts (mke2fs takes them as one list).
      ...['-E', extended.join(',')],
      ...['-d', await tree.archive()],
      disk,
      String(sizeBytes / blockBytes),
    ],
    { env: { SOURCE_DATE_EPOCH: String(sourceDate) } },
  );
  await writeAttributes(entries, { disk, startBytes, work: join(work, 'attributes'), sourceDate });
}
