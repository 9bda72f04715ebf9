/** The packages group of the lock: what every system of the userland has, what was asked for, and their dependencies. */
import type * as z from 'zod';
import { parsePackage, type WantedPackage } from '../../../src/definition/packages.ts';
import { type Fix, mostEvidence, mostFixes } from '../../../src/fix.ts';
import type { KernelPackage } from '../../../src/stages/kernel-package.ts';
import type { NativePackages, PackagesBase, PackagesGroup } from '../../../src/stages/lock.ts';
import type { PackageSource } from '../../../src/stages/locked-package.ts';
import { isDefinition, type Origin, originText, pointerOf } from '../../../src/stages/origin.ts';
import type { PackagesWish } from '../../../src/stages/resolve/contract.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import type { Stanza } from '../../deb822.ts';
import { nearNames, nearNamesHint } from '../../near-names.ts';
import type { Suite } from './apt.ts';
import { inInstallOrder, parseConflict, parseInstallOrder, parseInstalls } from './apt-output.ts';
import { relations } from './base-set.ts';
import { keptDate } from './kept-date.ts';
import { judgeKernelPackages } from './kernel-packages.ts';
import { standInStanza } from './kernel-stand-in.ts';
import { leftOutOf, recommendedNames } from './left-out.ts';
import { resolveBase } from './resolve-base.ts';
import { baseFirst } from './resolve-native.ts';

type Wish = z.infer<typeof PackagesWish>;
/** A package as it was asked for, and where. */
type Asked = WantedPackage & Pick<Wish['names'][number], 'from' | 'alsoByComponent'> & { text: string };
type Detail = { pointer: string; message: string; value: string; hint: string; fixes: Fix[] };

/** Of the packages of the image and their control paragraphs, those of the machine that assembles. */
export type ResolveNative = (packages: readonly PackageSource[], stanzas: readonly Stanza[]) => Promise<NativePackages>;

/** apt-patterns(7): what every Debian system has. */
const essential: readonly string[] = ['?essential', '?priority(required)'];

/**
 * @param always what is installed beside what is asked for, as apt-patterns(7); default: what every Debian system has
 * @param setsBaseApart whether what components ask for can be installed before the rest
 * @param kernel the one that packages may depend on
 * @param native what assembles the packages on a machine of another architecture
 * @throws StageFailure `packages.unknown`, `packages.version-unavailable`, `packages.boot-foreign` or `packages.conflict`.
 */
export async function resolvePackages(
  plain: Suite,
  wish: Wish,
  previous: PackagesGroup | undefined,
  {
    always = essential,
    setsBaseApart = false,
    kernel,
    native,
  }: {
    always?: readonly string[];
    setsBaseApart?: boolean;
    kernel?: KernelPackage | undefined;
    native?: ResolveNative | undefined;
  } = {},
): Promise<PackagesGroup> {
  const known = new Set(await plain.packageNames());
  const asked = wish.names.map(({ name, ...where }): Asked => ({ text: name, ...where, ...parsePackage(name) }));
  await refuseUnknown(plain, asked, known);
  await refuseUnavailable(plain, asked);
  const suite = kernel ? await plain.withInstalled(standInStanza(kernel, plain.architecture)) : plain;
  // A package that the suite does not have needs no leaving out.
  const present = asked.filter(({ name, leaveOut }) => !leaveOut || known.has(name));
  const needed = [...always, ...present.map(({ text }) => text)];
  const recommended = wish.recommended.map(({ name }) => name).filter((name) => known.has(name));
  const { wanted, lines } = await withRecommended(suite, asked, needed, recommended);
  const installs = parseInstalls(lines);
  const [found, base] = await Promise.all([
    suite.locateInstall(wanted),
    // Without the kernel: the base is made for any.
    setsBaseApart ? resolveBase(plain, ofComponents(wanted, present), installs) : noBase,
  ]);
  const names = installs.map(({ name }) => name);
  const packages = inInstallOrder([...base, ...names.filter((name) => !base.includes(name))], found);
  const stanzas = await plain.describe(packages.map(({ name }) => name));
  const dependsOnKernel = judgeKernelPackages(stanzas, wish, kernel);
  const leftOut = leftOutOf(stanzas, wish, known, await plain.describe(recommendedNames(stanzas, wish, known)));
  const ordered = native && baseFirst(await native(packages, stanzas), packages.slice(0, base.length), stanzas);
  const aptSources = suite.archives.map(({ uri, suite: name, components }) => ({ uri, suite: name, components }));
  return {
    wishesSha256: wish.wishesSha256,
    sourceDate: keptDate(previous, { packages, sourceDate: suite.releaseDate }),
    packages,
    ...(base.length > 0 ? { base: baseOf(packages, base, suite.releaseDate, previous, ordered?.base) } : {}),
    ...(kernel && dependsOnKernel ? { kernel } : {}),
    ...(leftOut.length > 0 ? { leftOut } : {}),
    aptSources,
    ...(ordered ? { native: ordered.native } : {}),
  };
}

const noBase: readonly string[] = [];

/** What is left of a wish where the definition asks for no package of its own: what components ask for, and what is left out. */
function ofComponents(wanted: readonly string[], asked: readonly Asked[]): string[] {
  const own = asked.filter(
    ({ from, alsoByComponent, leaveOut }) => isDefinition(from) && !alsoByComponent && !leaveOut,
  );
  const texts = new Set(own.map(({ text }) => text));
  return wanted.filter((text) => !texts.has(text));
}

function baseOf(
  packages: readonly PackageSource[],
  { length }: readonly string[],
  releaseDate: number,
  previous: PackagesGroup | undefined,
  native: number | undefined,
): PackagesBase {
  const before = previous?.base && {
    packages: previous.packages.slice(0, previous.base.packages),
    sourceDate: previous.base.sourceDate,
  };
  const sourceDate = keptDate(before, { packages: packages.slice(0, length), sourceDate: releaseDate });
  return { sourceDate, packages: length, ...(native === undefined ? {} : { native }) };
}

/**
 * What to install: all that is needed, and of what is recommended whatever the suite has and goes with it. apt is asked
 * for all of it at once; then without what declares that it does not go together, and one by one only when that was not all.
 */
async function withRecommended(suite: Suite, asked: readonly Asked[], needed: string[], names: readonly string[]) {
  const together = await suite.simulateInstall([...needed, ...names]);
  if (together.ok) return { wanted: [...needed, ...names], lines: together.lines };
  let [wanted, answer] = [needed, await suite.simulateInstall(needed)];
  if (!answer.ok) throw conflict(asked, parseConflict(answer.lines));
  const described = await suite.describe(names);
  const installed = await suite.describe(parseInstallOrder(answer.lines));
  const fitting = names.filter(
    (name) => !described.some((one) => one.get('package') === name && excludes(one, installed)),
  );
  const fit = await suite.simulateInstall([...needed, ...fitting]);
  if (fit.ok) return { wanted: [...needed, ...fitting], lines: fit.lines };
  for (const name of fitting) {
    const more = [...wanted, name];
    const tried = await suite.simulateInstall(more);
    if (tried.ok) [wanted, answer] = [more, tried];
  }
  return { wanted, lines: answer.lines };
}

/** Whether a package and any of some others exclude each other by name, in whatever version (Debian Policy 7.4). */
function excludes(one: Stanza, others: readonly Stanza[]): boolean {
  return others.some((other) => conflictsWith(one, other) || conflictsWith(other, one));
}

/** A package may conflict with what it provides itself: then it is the only one. */
function conflictsWith(one: Stanza, other: Stanza): boolean {
  if (one.get('package') === other.get('package')) return false;
  const offered = [other.get('package') ?? '', ...relations({ control: other }, 'provides')];
  const unversioned = (one.get('conflicts') ?? '').split(',').map((relation) => relation.trim());
  return offered.some((name) => unversioned.includes(name));
}

/**
 * apt itself would take an unknown name with a dot or plus in it as a regular expression, so names are looked at first.
 * A virtual package is fine when there is only one that provides it.
 */
async function refuseUnknown(suite: Suite, asked: readonly Asked[], known: ReadonlySet<string>): Promise<void> {
  const details: Detail[] = [];
  const unknown = asked.filter(({ name, leaveOut }) => !known.has(name) && !leaveOut);
  const providersOf = await suite.providers(unknown.map(({ name }) => name));
  for (const { name, text, from } of unknown) {
    const providers = providersOf.get(name) ?? [];
    if (providers.length === 1 && name === text) continue;
    const place = { pointer: placeOf(from), value: JSON.stringify(text) };
    if (providers.length > 0)
      details.push({
        ...place,
        message: `${name} is a virtual package${askedBy(from)}: ${providers.length === 1 ? 'another one provides it' : 'several packages provide it'}.`,
        hint: `Choose ${providers.length === 1 ? '' : 'one of '}${providers.join(', ')}.`,
        fixes: fixesOf(from, text, providers),
      });
    else
      details.push({
        ...place,
        message: `${suite.suite} has no package ${name}${askedBy(from)}.`,
        hint: nearNamesHint(name, known, `Look the name up with \`apt-cache search\`, or choose another suite.`),
        fixes: fixesOf(from, text, nearNames(name, known, nearestOffered)),
      });
  }
  throwIfAny('packages.unknown', details, suite, 'Correct or remove the names listed.');
}

/** An exact version must be one that the archives have now, and a suite must have the package at all. */
async function refuseUnavailable(suite: Suite, asked: readonly Asked[]): Promise<void> {
  const exact = asked.filter(({ version, suite: from }) => version !== undefined || from !== undefined);
  const versionsOf = await suite.versions(exact.map(({ name }) => name));
  const details = exact.flatMap(({ name, text, from, version, suite: wanted }): Detail[] => {
    const versions = versionsOf.get(name) ?? [];
    const place = { pointer: placeOf(from), value: JSON.stringify(text) };
    if (version !== undefined && !versions.some((one) => one.version === version)) {
      const there = [...new Set(versions.map((one) => one.version))];
      return [
        {
          ...place,
          message: `${suite.suite} does not have ${name} in version ${version}${askedBy(from)}.`,
          hint: `It has ${there.join(', ') || 'none'}. Ask for one of these, or for ${name} alone; a lock keeps the version that is chosen.`,
          fixes: fixesOf(from, text, there.length > 0 ? [name] : []),
        },
      ];
    }
    if (wanted === undefined || versions.some((one) => one.suite === wanted)) return [];
    return [
      {
        ...place,
        message: `${wanted} has no package ${name}${askedBy(from)}.`,
        hint: `Ask for ${name} alone: then it comes from ${suite.suite}.`,
        fixes: fixesOf(from, text, versions.length > 0 ? [name] : []),
      },
    ];
  });
  throwIfAny('packages.version-unavailable', details, suite, 'Correct the versions and suites listed.');
}

function throwIfAny(code: string, details: readonly Detail[], suite: Suite, hint: string): void {
  const [first, ...others] = details;
  if (!first) return;
  throw new StageFailure({
    code,
    message: others.length === 0 ? first.message : `${details.length} packages are not available in ${suite.suite}.`,
    hint: others.length === 0 ? first.hint : hint,
    details: [...details],
  });
}

/** Of the names that are near an unknown one, so many are offered in its place. */
const nearestOffered = 2;

/** Another name in the place of one that was asked for, or none; a component's wish is not the definition's to change. */
function fixesOf(from: Origin, text: string, others: readonly string[]): Fix[] {
  if (!isDefinition(from)) return [];
  return [...others.slice(0, mostFixes - 1), null].map((to) => ({ pointer: from.pointer, from: text, to }));
}

/** Who asked, where that is no place in the definition. */
const askedBy = (from: Origin) => (isDefinition(from) ? '' : ` (wanted by ${originText(from)})`);

function conflict(asked: readonly Asked[], explanation: readonly string[]): StageFailure {
  const text = explanation.join('\n');
  const hint = 'Leave out one of the packages that exclude each other, or choose another suite.';
  const named = asked.filter(({ name }) => new RegExp(`(^|[^a-z0-9+.-])${quoted(name)}($|[^a-z0-9+-])`).test(text));
  const evidence = explanation.slice(0, mostEvidence);
  const details = named.map(({ name, text: written, from }, index) => ({
    pointer: placeOf(from),
    message: `${name} conflicts with another package${askedBy(from)}.`,
    value: JSON.stringify(written),
    fixes: fixesOf(from, written, []),
    ...(index === 0 ? { evidence } : {}),
  }));
  const names = named.map(({ name }) => name);
  return new StageFailure({
    code: 'packages.conflict',
    message:
      names.length > 1
        ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)} cannot be installed together.`
        : `${names[0] ?? 'These packages'} cannot be installed with the other packages.`,
    hint,
    details:
      details.length > 0 ? details : [{ pointer: '/userland/packages', message: 'Two of them conflict.', evidence }],
  });
}

const quoted = (name: string) => name.replace(/[.+]/g, '\\$&');

/** A name asked for by a component has no place in the definition of its own. */
const placeOf = (from: Origin) => pointerOf(from, '/userland/packages');
