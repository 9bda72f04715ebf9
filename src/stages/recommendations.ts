/** What a lock leaves out that its packages recommend, in sentences. Pure. */
import type { LeftOut, PackagesGroup } from './lock.ts';

/** A sentence for each package that recommends something; first those whose own command line is not there. */
export function recommendationNotes(packages: PackagesGroup | undefined): string[] {
  const byPackage = new Map<string, LeftOut[]>();
  for (const one of packages?.leftOut ?? []) byPackage.set(one.by, [...(byPackage.get(one.by) ?? []), one]);
  const hasTool = (left: readonly LeftOut[]) => left.some(({ tool }) => tool);
  return [...byPackage]
    .sort(([, a], [, b]) => Number(hasTool(b)) - Number(hasTool(a)))
    .map(([by, left]) => sentence(by, left));
}

function sentence(by: string, left: readonly LeftOut[]): string {
  const tools = left.filter(({ tool }) => tool).map(({ name }) => name);
  const others = left.filter(({ tool }) => !tool).map(({ name }) => name);
  if (tools.length === 0) return `${by} recommends ${others.join(', ')}: left out, as all that is only recommended.`;
  const also = others.length > 0 ? `; it also recommends ${others.join(', ')}` : '';
  return `${by} only recommends its command line, ${tools.join(', ')}, which is left out: add it to userland.packages to have it${also}.`;
}
