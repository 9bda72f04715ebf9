/** What installed packages say of themselves: their licences in the root, their dependencies in their control files. */
import type { PackageFacts } from '../../../src/stages/package-facts.ts';
import { licenseIn } from '../../licenses/copyright-file.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { neededNames, providersOf } from './base-set.ts';
import type { Deb } from './debs.ts';

/** @param debs all that are installed in the root; facts come in their order */
export async function packageFacts(root: RootFs, debs: readonly Deb[]): Promise<PackageFacts[]> {
  const providers = providersOf(debs);
  const facts: PackageFacts[] = [];
  for (const deb of debs) {
    const { name, version, arch } = deb.source;
    const needed = neededNames(deb).flatMap((wanted) => providers.get(wanted) ?? []);
    const dependsOn = new Set(needed.map(({ source }) => source.name));
    dependsOn.delete(name);
    // The folder may be a link to that of another package of the same source (Debian Policy 12.5).
    const license = await licenseIn(await root.follow(`/usr/share/doc/${name}/copyright`));
    facts.push({ name, version, arch, license, dependsOn: [...dependsOn].sort() });
  }
  return facts;
}
