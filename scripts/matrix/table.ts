/** docs/matrix.md: what was tried, and what came of it. */
import * as z from 'zod';
import { type Combination, factors, nameOf } from './factors.ts';

/** What has come of a combination. */
export const Outcome = z.strictObject({
  /** `bootable`, or the code of the error that ended it. */
  result: z.string(),
  /** From the start of the machine to the end of its check, in its own time; null where it has not booted. */
  bootSeconds: z.number().nullable(),
  /** Of the image. */
  sha256: z.string().nullable(),
});
export type Outcome = z.infer<typeof Outcome>;

const head = `# Combinations that were built and booted

Every two of these values that can stand side by side do so in one of the images below: file system of the root, boot loader, format, init and security
framework. \`npm run matrix\` builds and boots each, with Debian's own kernel, and writes this table; it continues where it was interrupted, and tries again what has
changed since. Boots are of an emulated processor, in the machine's own time; with GRUB, and from a live ISO, under UEFI and under BIOS firmware. Two values that
meet in no row cannot stand side by side: a definition with both is refused when it is planned, with the reason.
`;

export function matrixPage(chosen: readonly Combination[], outcomes: ReadonlyMap<string, Outcome>): string {
  const rows = chosen.map((combination) => {
    const outcome = outcomes.get(nameOf(combination));
    return [
      ...combination,
      outcome?.result ?? 'not tried yet',
      outcome?.bootSeconds === undefined || outcome.bootSeconds === null ? '' : `${Math.round(outcome.bootSeconds)} s`,
      outcome?.sha256 ? `\`${outcome.sha256.slice(0, 16)}\`` : '',
    ];
  });
  const titles = [...factors.map(({ title }) => title), 'result', 'boot', 'sha256'];
  const widths = titles.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return `${head}\n${[line(titles), rule, ...rows.map(line)].join('\n')}\n`;
}
