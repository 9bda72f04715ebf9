/** What a component brings and needs, in a few words, from its file alone. */
import * as z from 'zod';
import type { Architecture } from '../../../definition/definition.ts';
import type { ListedComponent } from '../../../model/component.ts';

const names = z.array(z.string()).catch([]).default([]);
const options = z.record(z.string(), z.unknown()).catch({}).default({});

/** A user's file is kept as it was written, so that anything may be missing. */
const Contributions = z
  .looseObject({
    kernel: z.looseObject({ options, defaults: options }).optional().catch(undefined),
    packages: names,
    files: z
      .array(z.looseObject({ path: z.string() }))
      .catch([])
      .default([]),
    services: z.looseObject({ enable: names }).optional().catch(undefined),
    partitions: z
      .array(z.looseObject({ role: z.string() }))
      .catch([])
      .default([]),
  })
  .optional()
  .catch(undefined);

const Spec = z.looseObject({
  contributes: Contributions,
  perArch: z.record(z.string(), Contributions).optional().catch(undefined),
});

export interface Brings {
  label: string;
  value: string;
}

export function bringsOf(component: ListedComponent, arch: Architecture | undefined): Brings[] {
  const { contributes, perArch } = Spec.parse(component.spec);
  const parts = [contributes, arch && perArch?.[arch]].flatMap((part) => part ?? []);
  const packages = parts.flatMap((part) => part.packages).filter((name) => !name.endsWith('-'));
  const symbols = new Set(
    parts.flatMap(({ kernel }) => [...Object.keys(kernel?.options ?? {}), ...Object.keys(kernel?.defaults ?? {})]),
  );
  const files = parts.flatMap((part) => part.files);
  const services = parts.flatMap((part) => part.services?.enable ?? []);
  const partitions = parts.flatMap((part) => part.partitions);
  return [
    line('Packages', shortList(packages)),
    line('Kernel options', symbols.size === 0 ? '' : String(symbols.size)),
    line('Services', shortList(services)),
    line('Files', shortList(files.map(({ path }) => path))),
    line('Partitions', shortList(partitions.map(({ role }) => role))),
    line('Provides', shortList(component.provides)),
  ].flat();
}

export function needsOf({ requires, conflicts, arch }: ListedComponent, all: readonly string[]): Brings[] {
  return [
    line('Needs', requires.map((alternatives) => alternatives.join(' or ')).join(', ')),
    line('Excludes', conflicts.join(', ')),
    line('Only for', arch.length < all.length ? arch.join(', ') : ''),
  ].flat();
}

function line(label: string, value: string): Brings[] {
  return value === '' ? [] : [{ label, value }];
}

const shown = 4;

function shortList(items: readonly string[]): string {
  const more = items.length - shown;
  return items.slice(0, shown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
