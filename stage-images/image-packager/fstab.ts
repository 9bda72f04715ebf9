/** /etc/fstab, with the partitions' own names in it: labels are the same on every disk that LDF makes. */
import type { Partition } from './filler.ts';
import { partitionUuid } from './partition-table.ts';

/**
 * The text of fstab(5): in each line `{{label}}` becomes the PARTUUID of that partition.
 * @throws Error for a label that no partition has; the plan lets none through.
 */
export function fstabText(lines: readonly string[], key: string, partitions: readonly Partition[]): string {
  return lines
    .map((line) =>
      line.replace(/\{\{([^{}]*)\}\}/g, (_, label: string) => {
        const partition = partitions.find((known) => known.label === label);
        if (!partition) throw new Error(`fstab names the partition ${label}, and none is planned`);
        return partitionUuid(key, partition);
      }),
    )
    .map((line) => `${line}\n`)
    .join('');
}
