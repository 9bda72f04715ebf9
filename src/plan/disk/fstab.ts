/** Lines of fstab(5): `{{root}}` stands for the PARTUUID of the partition labelled root. Pure. */
import type { ComponentOf } from '../../catalog/component.ts';
import type { ImagePartition } from '../../definition/image-partitions.ts';
import { fromDefinition, type Origin, originText } from '../../stages/origin.ts';
import type { Problems } from '../problems.ts';
import { purposeOf } from './purposes.ts';

export interface FstabLine {
  item: string;
  from: Origin;
}

/** Adds a problem for each line that names a partition the image will not have. */
export function checkPartitionNames(
  fstab: readonly FstabLine[],
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

/** A line for one partition of a definition, or options for the one that a component has for it. */
export interface OwnLine {
  /** The folder, or undefined of swap space. */
  mount: string | undefined;
  /** Absent: a component mounts it. */
  line?: string;
  /** What is added to the options of a component's line. */
  options: readonly string[];
}

/**
 * The line for a partition. Of the root and of what firmware reads, components have lines, which get the options beside their own.
 * @param component the file system's; undefined where it has none @param growing what is said of a file system that is to grow
 * @param checked fsck(8) is run at boot, which it cannot be on what the initramfs has mounted
 * @param firmwareMount where components mount what firmware reads
 */
export function ownLine(
  partition: ImagePartition,
  label: string,
  component: ComponentOf<'filesystem'> | undefined,
  {
    growing,
    checked,
    firmwareMount,
  }: { growing: readonly string[]; checked: boolean; firmwareMount: string | undefined },
): OwnLine[] {
  const purpose = purposeOf(partition);
  const asked = [
    ...(partition.readOnly === true ? ['ro'] : []),
    ...(partition.options ?? []),
    ...(partition.grow === true ? growing : []),
  ];
  if (!purpose) return [];
  if (purpose.kind === 'firmware') return [{ mount: firmwareMount, options: asked }];
  const name = `PARTUUID={{${label}}}`;
  if (purpose.kind === 'swap')
    return [{ mount: undefined, line: `${name} none swap ${optionsText(asked)} 0 0`, options: [] }];
  const { mount } = purpose;
  if (mount === '/') return [{ mount, options: asked }];
  if (!component?.mounted) return [];
  const { options, fsckPass } = component.mounted;
  // A file system that cannot be written to is mounted so without a word.
  const line = `${name} ${mount} ${component.use} ${optionsText([...options, ...asked])} 0 ${checked ? fsckPass : 0}`;
  return [{ mount, line, options: [] }];
}

/**
 * The lines of components, with partitions by their labels in this image and with the options that are asked for, but for those that
 * mount something on a folder which has a partition of its own; then the lines of these, a folder before what is in it.
 */
export function linesFor(
  contributed: readonly FstabLine[],
  { renamed, own }: { renamed: ReadonlyMap<string, string>; own: readonly OwnLine[] },
): FstabLine[] {
  const kept = contributed
    .filter(({ item }) => !own.some(({ mount, line }) => line !== undefined && mount === mountOf(item)))
    .map(({ item, from }) => {
      const options = own.flatMap((one) => (one.line === undefined && one.mount === mountOf(item) ? one.options : []));
      const named = item.replace(/\{\{([^{}]*)\}\}/g, (_, label: string) => `{{${renamed.get(label) ?? label}}}`);
      return { item: withOptions(named, options), from };
    });
  const lines = own
    .filter(({ line }) => line !== undefined)
    .sort((a, b) => ((a.mount ?? '~') < (b.mount ?? '~') ? -1 : 1))
    .map(({ line = '' }) => ({ item: line, from: fromDefinition('/image/partitions') }));
  return [...kept, ...lines];
}

/** Where lines of components mount the partition of that label; undefined where none does. */
export function mountOfLabel(lines: readonly FstabLine[], label: string | undefined): string | undefined {
  const line = lines.find(({ item }) => label !== undefined && item.includes(`{{${label}}}`));
  return line && mountOf(line.item);
}

/** The second field. */
function mountOf(line: string): string | undefined {
  return line.trim().split(/\s+/)[1];
}

/** With more options in the fourth field; `defaults` says nothing beside others. */
function withOptions(line: string, options: readonly string[]): string {
  if (options.length === 0) return line;
  const [device = '', mount = '', type = '', present = '', ...rest] = line.trim().split(/\s+/);
  return [device, mount, type, optionsText([...present.split(','), ...options]), ...rest].join(' ');
}

function optionsText(options: readonly string[]): string {
  const said = [...new Set(options)].filter((option) => option !== '' && option !== 'defaults');
  return said.length === 0 ? 'defaults' : said.join(',');
}
