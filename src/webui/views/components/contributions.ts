/** A component file as sections to read: each key that holds something, with a title in words. Pure. */
import { isRecord } from '../../../is-record.ts';

export interface Entry {
  name: string;
  value?: string;
  /** Text of several lines. */
  block?: string;
}

export interface Section {
  /** The keys that lead to it. */
  path: string;
  title: string;
  /** Set for what counts on one architecture alone. */
  arch?: string;
  entries: Entry[];
}

/** In the order in which they are shown; a key that is not here is shown under its own name, after these. */
const titles = new Map([
  ['packages', 'Packages'],
  ['bootPackages', 'Packages that provide boot files'],
  ['archiveComponents', 'Parts of the archive that packages come from'],
  ['kernel.options', 'Enforced kernel options'],
  ['kernel.defaults', 'Default kernel options'],
  ['kernel.optional', 'Optional kernel options'],
  ['kernel.deviceTrees', 'Device trees'],
  ['kernel.cmdline', 'Kernel command line'],
  ['kernel.cmdlineExcludes', 'Characters that no word of the command line may have'],
  ['files', 'Files'],
  ['services.enable', 'Services started at boot'],
  ['services.disable', 'Services not started at boot'],
  ['partitions', 'Partitions'],
  ['fstab', 'Mounts (fstab)'],
  ['boot.esp', 'Files of the boot partition'],
  ['initramfs.needed', 'Drivers the initramfs must have'],
  ['initramfs.modules', 'Drivers for the initramfs'],
  ['console.up', 'Boot success patterns'],
  ['console.down', 'Boot failure patterns'],
  ['console.check', 'Post-boot checks'],
  ['console.questions', 'Asked of a guest that is up'],
  ['labels', 'What labels files'],
  ['bootsOn', 'Machines that images are booted on'],
  ['kernelSeries', 'Kernel series'],
  ['suites', 'Suites'],
  ['onDemand.locale', 'Packages for a locale'],
  ['onDemand.timezone', 'Packages for a time zone'],
  ['onDemand.sudo', 'Packages for sudo'],
  ['growth.use', 'What makes partitions grow'],
  ['growth.params', 'Settings of what makes partitions grow'],
  ['growth.recommends', 'Packages that make partitions grow'],
  ['growth.mountOptions', 'Mount options of a partition that grows'],
  ['mounted.params', 'Settings in a partition that does not hold the root'],
  ['mounted.options', 'Mount options of such a partition'],
  ['mounted.fsckPass', 'Its turn to be checked at boot (fsck)'],
  ['target.bootloader', 'Boot loader that its firmware starts'],
  ['use', 'Implementation'],
  ['params', 'Settings of the implementation'],
]);

/** Told at the head of a component, not as what it contributes. */
const headKeys = ['kind', 'name', 'title', 'summary', 'arch', 'provides', 'requires', 'conflicts'];

type Spec = Readonly<Record<string, unknown>>;

export function sectionsOf(spec: Spec): Section[] {
  const { contributes, perArch, ...rest } = spec;
  const own = Object.fromEntries(Object.entries(rest).filter(([key]) => !headKeys.includes(key)));
  const sections = [...walk(contributes, []), ...walk(own, [])];
  if (isRecord(perArch))
    for (const [arch, value] of Object.entries(perArch))
      sections.push(...walk(value, []).map((section) => ({ ...section, arch })));
  const order = [...titles.keys()];
  const place = ({ path }: Section) => (order.indexOf(path) + 1 || order.length + 1) - 1;
  return sections.sort((a, b) => place(a) - place(b));
}

/** What is counted in a list, and what it is called there. */
const counted: readonly [prefix: string, one: string, many: string][] = [
  ['packages', 'package', 'packages'],
  ['kernel.cmdlineExcludes', 'excluded character', 'excluded characters'],
  ['kernel.cmdline', 'kernel parameter', 'kernel parameters'],
  ['kernel.', 'kernel option', 'kernel options'],
  ['files', 'file', 'files'],
  ['services.', 'service', 'services'],
  ['partitions', 'partition', 'partitions'],
  ['boot.esp', 'boot file', 'boot files'],
  ['kernelSeries', 'kernel series', 'kernel series'],
  ['suites', 'suite', 'suites'],
];

/** `5 packages`, `17 kernel options`: of every architecture together, one that several have counted once. */
export function countsOf(spec: Spec): string[] {
  const names = new Map<string, Set<string>>();
  for (const { path, entries } of sectionsOf(spec)) {
    const noun = counted.find(([prefix]) => path.startsWith(prefix))?.[0];
    if (noun === undefined) continue;
    const found = names.get(noun) ?? new Set();
    for (const { name } of entries) found.add(name);
    names.set(noun, found);
  }
  return counted.flatMap(([prefix, one, many]) => {
    const count = names.get(prefix)?.size ?? 0;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
}

/** A value without its empty parts: a file with every default filled in says little. */
export function withoutEmpty(value: Spec): Record<string, unknown> {
  const prune = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.length === 0 ? undefined : part.map(prune);
    if (!isRecord(part)) return part ?? undefined;
    const entries = Object.entries(part).flatMap(([key, inner]) => {
      const kept = prune(inner);
      return kept === undefined ? [] : [[key, kept] as const];
    });
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };
  const pruned = prune(value);
  return isRecord(pruned) ? pruned : {};
}

function walk(value: unknown, keys: readonly string[]): Section[] {
  const path = keys.join('.');
  const section = (entries: Entry[]) =>
    entries.length === 0 ? [] : [{ path, title: titles.get(path) ?? keys.join(' › '), entries }];
  if (Array.isArray(value)) return section(value.map(entryOf));
  if (!isRecord(value)) return value === undefined || value === null ? [] : section([{ name: String(value) }]);
  if (keys.length > 0 && typeof value.use === 'string') return section([{ name: textOf(value) }]);
  const parts = Object.entries(value);
  if (keys.length > 0 && parts.every(([, part]) => isScalar(part)))
    return section(parts.map(([name, part]) => ({ name, value: String(part) })));
  // Of a parameter that differs between architectures, too, it is one.
  if (path === 'params') return section(parts.map(([name, part]) => ({ name, value: textOf(part) })));
  return parts.flatMap(([key, part]) => walk(part, [...keys, key]));
}

/** What an item of a list is called, the first of these that it has. */
const nameKeys = ['path', 'label', 'name', 'series', 'what', 'message', 'use'];

function entryOf(item: unknown): Entry {
  if (!isRecord(item)) return { name: String(item) };
  const nameKey = nameKeys.find((key) => typeof item[key] === 'string') ?? Object.keys(item)[0] ?? '';
  const block = typeof item.content === 'string' ? item.content : undefined;
  const rest = Object.entries(item).filter(([key]) => key !== nameKey && key !== 'content');
  const value = rest.map(([key, part]) => `${key} ${textOf(part)}`).join(', ');
  return {
    name: String(item[nameKey]),
    ...(value === '' ? {} : { value }),
    ...(block === undefined ? {} : { block }),
  };
}

/** A part of a stage image that is asked for nothing in particular is its name. */
function textOf(value: unknown): string {
  if (!isRecord(value) || typeof value.use !== 'string') return isScalar(value) ? String(value) : JSON.stringify(value);
  const { use, params } = value;
  return isRecord(params) && Object.keys(params).length > 0 ? `${use} ${JSON.stringify(params)}` : use;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}
