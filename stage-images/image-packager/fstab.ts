/** /etc/fstab, with the partitions' own names in it: labels are the same on every disk that LDF makes. */

/**
 * The text of fstab(5): in each line `{{label}}` becomes the PARTUUID of that partition, which `uuidOf` tells.
 * @throws Error for a label that is none of `labels`; the plan lets none through.
 */
export function fstabText(
  lines: readonly string[],
  labels: readonly string[],
  uuidOf: (label: string) => string,
): string {
  return lines
    .map((line) =>
      line.replace(/\{\{([^{}]*)\}\}/g, (_, label: string) => {
        if (!labels.includes(label)) throw new Error(`fstab names the partition ${label}, and none is planned`);
        return uuidOf(label);
      }),
    )
    .map((line) => `${line}\n`)
    .join('');
}
