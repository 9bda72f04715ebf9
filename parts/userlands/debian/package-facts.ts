/** What installed packages say of themselves: their licences in the root, their dependencies in their control paragraphs. */
import { readFile } from 'node:fs/promises';
import type { LockedPackage } from '../../../src/stages/locked-package.ts';
import type { PackageFacts } from '../../../src/stages/package-facts.ts';
import { parseControl } from '../../deb822.ts';
import { licenseIn } from '../../licenses/copyright-file.ts';
import type { RootFs } from '../../root-fs/root-fs.ts';
import { type Described, neededNames, providersOf } from './base-set.ts';

/** Packages with what dpkg's database says of each. @throws Error for one that it does not know. */
export async function readInstalled(root: RootFs, packages: readonly LockedPackage[]): Promise<Described[]> {
  const stanzas = parseControl(await readFile(await root.resolve('/var/lib/dpkg/status'), 'utf8'));
  const controls = new Map(stanzas.map((control) => [control.get('package') ?? '', control]));
  return packages.map((source) => {
    const control = controls.get(source.name);
    if (!control) throw new Error(`dpkg does not know ${source.name}, which was installed`);
    return { source, control };
  });
}

/** @param installed all that are installed in the root; facts come in their order */
export async function packageFacts(root: RootFs, installed: readonly Described[]): Promise<PackageFacts[]> {
  const providers = providersOf(installed);
  const facts: PackageFacts[] = [];
  for (const one of installed) {
    const { name, version, arch } = one.source;
    const needed = neededNames(one).flatMap((wanted) => providers.get(wanted) ?? []);
    const dependsOn = new Set(needed.map(({ source }) => source.name));
    dependsOn.delete(name);
    // The folder may be a link to that of another package of the same source (Debian Policy 12.5).
    const license = await licenseIn(await root.follow(`/usr/share/doc/${name}/copyright`));
    facts.push({ name, version, arch, license, dependsOn: [...dependsOn].sort() });
  }
  return facts;
}
