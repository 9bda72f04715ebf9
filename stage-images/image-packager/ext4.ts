/** An ext4 root file system, filled from tar by mke2fs(8): no mount, no root. */
import { deriveUuid } from '../contract/derive.ts';
import { runTool } from '../contract/tool.ts';
import { ext4InodeCount, ext4LeastBytes, ext4RoomyBytes, journalMiB } from './ext4-size.ts';
import type { FillJob, PartitionFiller } from './filler.ts';

const blockBytes = 4096;

export const ext4: PartitionFiller = {
  role: 'root',

  measure: ({ root }) => ({
    leastBytes: ext4LeastBytes(root.entries),
    roomyBytes: ext4RoomyBytes(root.entries),
    grows: true,
  }),

  async fill({ disk, partition, place, content, key, sourceDate }: FillJob) {
    const { sizeBytes, startBytes } = place;
    const extended = [
      `offset=${startBytes}`,
      `hash_seed=${deriveUuid(key, 'ext4-hash-seed', partition.label)}`,
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
        ...['-N', String(ext4InodeCount(sizeBytes, content.root.entries))],
        ...['-J', `size=${journalMiB(sizeBytes)}`],
        ...['-L', partition.label],
        ...['-U', deriveUuid(key, 'file-system', partition.label)],
        // Only the last -E counts (mke2fs takes them as one list).
        ...['-E', extended.join(',')],
        ...['-d', content.root.archive],
        disk,
        String(sizeBytes / blockBytes),
      ],
      { env: { SOURCE_DATE_EPOCH: String(sourceDate) } },
    );
  },
};
