/** Whether a suite has the packages that are asked for, by its index. Pure. */
import { NameIndex } from '../definition/name-index.ts';
import { parsePackage } from '../definition/packages.ts';
import { isDefinition, type Origin, originText, pointerOf } from '../stages/origin.ts';
import { didYouMean } from './check-words.ts';
import type { Problems } from './problems.ts';

/** What of a suite's index is needed to judge names. */
export interface SuitePackages {
  names: NameIndex;
  /** By the name of a virtual package, who provides it. */
  providers: ReadonlyMap<string, readonly string[]>;
}

export interface AskedPackage {
  /** As it is written: `parsePackage` reads it. */
  text: string;
  from: Origin;
}

export function suitePackages(
  entries: Iterable<{ name: string; provides?: readonly string[] | undefined }>,
): SuitePackages {
  const names: string[] = [];
  const providers = new Map<string, string[]>();
  for (const { name, provides = [] } of entries) {
    names.push(name);
    for (const provided of provides) {
      const known = providers.get(provided);
      if (!known) providers.set(provided, [name]);
      else if (!known.includes(name)) known.push(name);
    }
  }
  return { names: new NameIndex(names), providers };
}

/** As resolve judges them: a virtual package will do when only one package provides it. */
export function checkPackageNames(
  asked: readonly AskedPackage[],
  suite: string,
  { names, providers }: SuitePackages,
  problems: Problems,
): void {
  for (const { text, from } of asked) {
    const { name, leaveOut, suite: other } = parsePackage(text);
    // What a suite does not have needs no leaving out, and another suite has an index of its own.
    if (leaveOut || names.has(name) || !sharesIndex(suite, other)) continue;
    const by = providers.get(name) ?? [];
    if (by.length === 1 && name === text) continue;
    const asker = isDefinition(from) ? '' : `, which ${originText(from)} asks for`;
    // What the hint costs is spared where nobody reads it.
    const hint = problems.full
      ? ''
      : by.length > 0
        ? `Choose ${by.slice(0, mostProviders).join(', ')}.`
        : near(names, name);
    problems.add(
      pointerOf(from),
      by.length > 0
        ? `${name} is a virtual package${asker}: others provide it`
        : `there is no package ${name} in ${suite}${asker}`,
      { value: text, hint },
    );
  }
}

const mostProviders = 8;

function near(names: NameIndex, name: string): string {
  return didYouMean(names.near(name), 'Correct the name or remove it; another suite may have it.');
}

/** The updates of a suite are in its index, as far as a name goes; its backports are not. */
function sharesIndex(suite: string, other: string | undefined): boolean {
  return other === undefined || [suite, `${suite}-updates`, `${suite}-security`].includes(other);
}
