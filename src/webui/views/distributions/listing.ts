/** Which distributions are shown and in what order, as the address says it. */
import * as z from 'zod';
import { Architecture } from '../../../definition/definition.ts';
import type { DistributionSummary } from '../../../model/distribution.ts';

export const sortKeys = ['name', 'arch', 'build', 'size', 'updated'] as const;
export type SortKey = (typeof sortKeys)[number];

/** What an old or mistyped address says wrongly is left out. */
export const DistributionsSearch = z.object({
  q: z.string().optional().catch(undefined),
  arch: Architecture.optional().catch(undefined),
  sort: z.enum(sortKeys).optional().catch(undefined),
  down: z.boolean().optional().catch(undefined),
  /** The distribution whose build dialog is open. */
  build: z.string().optional().catch(undefined),
});
export type DistributionsSearch = z.infer<typeof DistributionsSearch>;

export const sortLabels: Readonly<Record<SortKey, string>> = {
  name: 'Name',
  arch: 'Architecture',
  build: 'Last build',
  size: 'Images',
  updated: 'Updated',
};

export const defaultSort: SortKey = 'updated';

/** Newest and largest first, names from A on. */
export function firstDirection(sort: SortKey): 'up' | 'down' {
  return sort === 'name' || sort === 'arch' ? 'up' : 'down';
}

/** The order that an address asks for. */
export function orderOf({ sort = defaultSort, down }: DistributionsSearch): { sort: SortKey; down: boolean } {
  return { sort, down: down ?? firstDirection(sort) === 'down' };
}

export function listed(all: readonly DistributionSummary[], search: DistributionsSearch): DistributionSummary[] {
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const { sort, down } = orderOf(search);
  return all
    .filter(({ arch }) => search.arch === undefined || arch === search.arch)
    .filter((one) => words.every((word) => haystack(one).includes(word)))
    .sort((a, b) => (down ? -1 : 1) * compare(sort, a, b) || a.name.localeCompare(b.name));
}

function haystack({ name, version, arch, components, lastBuild }: DistributionSummary): string {
  const chosen = components.map((component) => component.name).join(' ');
  return `${name} ${version} ${arch} ${lastBuild?.state ?? ''} ${chosen}`.toLowerCase();
}

function compare(sort: SortKey, a: DistributionSummary, b: DistributionSummary): number {
  switch (sort) {
    case 'name':
      return a.name.localeCompare(b.name);
    case 'arch':
      return a.arch.localeCompare(b.arch);
    case 'build':
      return time(a.lastBuild?.createdAt) - time(b.lastBuild?.createdAt);
    case 'size':
      return imageBytes(a) - imageBytes(b);
    case 'updated':
      return time(a.updatedAt) - time(b.updatedAt);
  }
}

/** The first few names, and how many more there are. */
export function firstNames(components: DistributionSummary['components'], most = 3): { names: string; more: number } {
  const names = components.slice(0, most).map(({ name }) => name);
  return { names: names.join(', '), more: components.length - names.length };
}

function time(at: string | undefined): number {
  return at === undefined ? 0 : Date.parse(at);
}

/** The smallest image of the last build: what one takes home; 0 without one. */
export function imageBytes({ lastBuild }: DistributionSummary): number {
  const sizes = lastBuild?.images.map(({ sizeBytes }) => sizeBytes) ?? [];
  return sizes.length === 0 ? 0 : Math.min(...sizes);
}
