/** Lines of fstab(5) as components write them: `{{root}}` stands for the PARTUUID of the partition labelled root. Pure. */
import { type Origin, originText } from '../stages/origin.ts';
import type { Problems } from './problems.ts';

/** Adds a problem for each line that names a partition the image will not have. */
export function checkPartitionNames(
  fstab: readonly { item: string; from: Origin }[],
  partitions: readonly { label: string }[],
  problems: Problems,
): void {
  const labels = partitions.map(({ label }) => label);
  for (const { item, from } of fstab)
    for (const [, label = ''] of item.matchAll(/\{\{([^{}]*)\}\}/g))
      if (!labels.includes(label))
        problems.add('', `${originText(from)} mounts {{${label}}}, and the image has no partition of that label`, {
          hint: `Its partitions are ${labels.join(', ')}; correct the fstab line of ${originText(from)}.`,
        });
}
