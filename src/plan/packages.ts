/** Which packages the definition and its components want, each as apt is asked for it. Pure. */
import { debianNames } from '../architecture.ts';
import type { Definition } from '../definition/definition.ts';
import { isPlainLocale } from '../definition/locales.ts';
import { parsePackage, suitesBeside, type WantedPackage } from '../definition/packages.ts';
import { isUtc } from '../definition/time-zone.ts';
import { fromDefinition, isDefinition, type Origin, originText, pointerOf } from '../stages/origin.ts';
import type { Selected } from './components.ts';
import type { Problems } from './problems.ts';
import type { Composition } from './types.ts';

interface Wanted {
  item: string;
  from: Origin;
}

/**
 * Sorted by name; who asked first is who an unknown name is blamed on. The definition counts before components: where it
 * asks for a version or a suite, that is what all get; what it leaves out, no component may need. What a component only
 * recommends is noted where the definition asks for it.
 */
export function packages(
  definition: Definition,
  selected: readonly Selected[],
  contributed: readonly Wanted[],
  recommended: readonly Wanted[],
  problems: Problems,
): Composition['packages'] {
  const own = ownPackages(definition, problems);
  const byText = new Map<string, Composition['packages'][number]>();
  for (const [, { item, from }] of own) byText.set(item, { name: item, from });
  for (const { item, from } of [...onDemand(definition, selected), ...contributed]) {
    const { name, leaveOut } = parsePackage(item);
    const asked = own.get(name);
    if (asked && parsePackage(asked.item).leaveOut && !leaveOut)
      problems.add(pointerOf(asked.from), `${name} is left out, but ${originText(from)} needs it`, {
        value: asked.item,
        hint: isDefinition(from)
          ? `Remove one of the two.`
          : `Remove it, or choose something other than ${originText(from)}.`,
      });
    const text = asked?.item ?? item;
    const known = byText.get(text);
    if (!known) byText.set(text, { name: text, from });
    else if (isDefinition(known.from) && !isDefinition(from)) byText.set(text, { ...known, alsoByComponent: true });
  }
  for (const { item } of recommended) {
    const text = own.get(item)?.item ?? item;
    const known = byText.get(text);
    if (known && isDefinition(known.from)) byText.set(text, { ...known, alsoByComponent: true });
  }
  return [...byText.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What the definition lists, by name, without what says no more than the name does. */
function ownPackages(definition: Definition, problems: Problems): Map<string, Wanted> {
  const own = new Map<string, Wanted>();
  definition.userland.packages.forEach((text, index) => {
    const pointer = `/userland/packages/${index}`;
    const wanted = parsePackage(text);
    if (
      !isNative(wanted, definition, pointer, text, problems) ||
      !isOfRelease(wanted, definition, pointer, text, problems)
    )
      return;
    const item = plainly(wanted, definition);
    const other = own.get(wanted.name);
    if (other && other.item !== item)
      problems.add(
        pointer,
        `${wanted.name} is listed twice, and differently (${other.item} at ${originText(other.from)})`,
        {
          value: text,
          hint: 'Keep one of the two.',
        },
      );
    if (!other) own.set(wanted.name, { item, from: fromDefinition(pointer) });
  });
  return own;
}

function plainly({ name, leaveOut, version, suite }: WantedPackage, { userland }: Definition): string {
  const source =
    version !== undefined ? `=${version}` : suite !== undefined && suite !== userland.suite ? `/${suite}` : '';
  return `${name}${leaveOut ? '-' : ''}${source}`;
}

/** An image holds packages of its own architecture: whatever is said of the own one is the same as nothing. */
function isNative(
  { name, arch }: WantedPackage,
  definition: Definition,
  pointer: string,
  text: string,
  problems: Problems,
): boolean {
  const native: string = debianNames[definition.arch];
  if (arch === undefined || [native, 'all', 'any', 'native'].includes(arch)) return true;
  problems.add(
    pointer,
    `${text} is of another architecture than the image, which is ${native}; an image holds packages of one`,
    {
      value: text,
      hint: `Ask for ${name}, or for what the suite has in its place for ${native}; or add the architecture in the running system: dpkg --add-architecture ${arch}, apt update, apt install ${name}:${arch}.`,
    },
  );
  return false;
}

function isOfRelease(
  { name, suite }: WantedPackage,
  definition: Definition,
  pointer: string,
  text: string,
  problems: Problems,
): boolean {
  const release = definition.userland.suite;
  const offered = suitesBeside(release);
  if (suite === undefined || offered.includes(suite)) return true;
  problems.add(pointer, `${name} cannot come from ${suite} while userland.suite is ${release}`, {
    value: text,
    hint: `Packages come from ${offered.join(', ')}. Choose one of these, or set userland.suite.`,
  });
  return false;
}

/** What keys of the definition bring in when they are not at their defaults. */
function onDemand({ system }: Definition, selected: readonly Selected[]): Wanted[] {
  const [demands] = selected.flatMap(({ component }) => (component.kind === 'userland' ? component.onDemand : []));
  const bring = (items: readonly string[] | undefined, pointer: string) =>
    (items ?? []).map((item) => ({ item, from: fromDefinition(pointer) }));
  return [
    ...(isPlainLocale(system.locale) ? [] : bring(demands?.locale, '/system/locale')),
    ...(isUtc(system.timezone) ? [] : bring(demands?.timezone, '/system/timezone')),
    ...system.users.flatMap((user, index) =>
      user.sudo && user.name !== 'root' ? bring(demands?.sudo, `/system/users/${index}/sudo`) : [],
    ),
  ];
}
