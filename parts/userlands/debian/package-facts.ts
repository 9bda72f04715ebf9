/** What installed packages say of themselves: their licences in the root, their dependencies in their control files. */
import { readFile } from 'node:fs/promises';
import type { PackageFacts } from '../../../src/stages/package-facts.ts';
import { licenseOf, mostCopyrightBytes } from '../../licenses/copyright-file.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { providersOf, relations } from './base-set.ts';
import type { Deb } from './debs.ts';

/** @param debs all that are installed in the root; facts come in their order */
export async function packageFacts(root: RootFs, debs: readonly Deb[]): Promise<PackageFacts[]> {
  const providers = providersOf(debs);
  const facts: PackageFacts[] = [];
  for (const deb of debs) {
    const { name, version, arch } = deb.source;
    const needed = [...relations(deb, 'pre-depends'), ...relations(deb, 'depends')];
    const dependsOn = new Set(
      needed.flatMap((wanted) => (providers.get(wanted) ?? []).map(({ source }) => source.name)),
    );
    dependsOn.delete(name);
    const license = await licenseIn(root, name);
    facts.push({ name, version, arch, license, dependsOn: [...dependsOn].sort() });
  }
  return facts;
}

/** The folder may be a link to that of another package of the same source (Debian Policy 12.5). */
async function licenseIn(root: RootFs, name: string): Promise<string | null> {
  const file = await root.follow(`/usr/share/doc/${name}/copyright`);
  if (file === undefined) return null;
  const text = await readFile(file);
  return text.length > mostCopyrightBytes ? null : licenseOf(text.toString('utf8'));
}
