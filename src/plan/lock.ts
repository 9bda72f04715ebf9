/** What of a lock still answers a definition, what has to be resolved, and what moved. Pure. */
import type { Architecture } from '../definition/definition.ts';
import { isSecuritySuite } from '../definition/packages.ts';
import type { LockChange, LockGroup } from '../model/lock.ts';
import type { AptSource } from '../stages/apt-source.ts';
import type { KernelGroup, Lock, LockMade, PackagesGroup } from '../stages/lock.ts';
import type { LockedGroups } from '../stages/locked.ts';
import type { KernelSourceFile } from '../stages/locked-package.ts';
import type { ResolveData, ResolveParams } from '../stages/resolve/contract.ts';
import type { SourceFile } from '../stages/source-file.ts';
import type { Plan } from './types.ts';

/** What the lock has to say where no boot packages are asked for. */
const noBootPackages: LockedGroups['boot'] = { packages: [], sourceDate: 0 };

/** The groups of a lock that answer a plan; stale and foreign ones are left out. */
export function answeringGroups(wishes: Plan['wishes'], arch: Architecture, lock: Lock | undefined) {
  const usable = lock?.arch === arch ? lock : undefined;
  const kernel = usable?.kernel?.wishesSha256 === wishes.kernel.wishesSha256 ? usable.kernel : undefined;
  const packages = usable?.packages?.wishesSha256 === wishes.packages.wishesSha256 ? usable.packages : undefined;
  const boot = usable?.boot?.wishesSha256 === wishes.boot?.wishesSha256 ? usable?.boot : undefined;
  return {
    kernel,
    packages: packages && isFor(packages, kernel) ? packages : undefined,
    boot: wishes.boot === null ? noBootPackages : boot,
    patches: lockedPatches(wishes, usable),
  };
}

/** undefined unless all of them are known: by their hashes, for a file may have moved. */
function lockedPatches({ patches }: Plan['wishes'], lock: Lock | undefined): SourceFile[] | undefined {
  const known = new Map((lock?.patches ?? []).map((file) => [file.sha256, file]));
  const found = patches.flatMap(({ url, sha256 }) => {
    const file = known.get(sha256);
    return file ? [{ ...file, url }] : [];
  });
  return found.length === patches.length ? found : undefined;
}

/** Packages that depend on a kernel, such as its headers, are of no use with another one. */
function isFor({ kernel: needed }: PackagesGroup, kernel: KernelGroup | undefined): boolean {
  if (!needed) return true;
  return kernel?.sources.some(({ name, version }) => name === needed.name && version === needed.version) ?? false;
}

/** What is resolved although the lock answers it: everything, nothing, or some groups. */
export type LockUpdate = boolean | readonly LockGroup[];

/** What the stage that gives the lock has to do; null when the lock answers everything that `update` does not name. */
export function resolveParams(plan: Plan, lock: Lock | undefined, update: LockUpdate): ResolveParams | null {
  const answered = answeringGroups(plan.wishes, plan.definition.arch, lock);
  const renews = (group: LockGroup) => (typeof update === 'boolean' ? update : update.includes(group));
  const kernel = answered.kernel && !renews('kernel') ? null : plan.wishes.kernel;
  const { userland } = plan.composition;
  const kernelSource = plan.wishes.kernel.source;
  // Another kernel may need other packages.
  const follow = kernel !== null && answered.packages?.kernel !== undefined;
  const packagesHold = answered.packages && !renews('packages') && !follow;
  const packages = packagesHold ? null : { ...plan.wishes.packages, userland, kernelSource };
  const bootHolds = answered.boot && !renews('boot');
  const boot = bootHolds || !plan.wishes.boot ? null : { ...plan.wishes.boot, userland };
  const patches = answered.patches ? {} : { patches: plan.wishes.patches };
  if (!kernel && !packages && !boot && answered.patches) return null;
  return { kernel, packages, boot, ...patches, previous: lock?.arch === plan.definition.arch ? lock : null };
}

/**
 * The lock with newly resolved groups in place of the old ones. @param made what there is today; it is noted when any group is new
 */
export function mergeLock(
  arch: Architecture,
  lock: Lock | undefined,
  data: ResolveData,
  made: LockMade | undefined,
): Lock {
  const merged: Lock = { version: 1, arch };
  const kept = lock?.arch === arch ? lock : undefined;
  const kernel = data.kernel ?? kept?.kernel;
  const packages = data.packages ?? kept?.packages;
  if (kernel) merged.kernel = kernel;
  if (packages) merged.packages = packages;
  const boot = data.boot ?? kept?.boot;
  if (boot) merged.boot = boot;
  const patches = data.patches ?? kept?.patches;
  if (patches) merged.patches = patches;
  const isNew = [data.kernel, data.packages, data.boot].some((group) => group !== null);
  const noted = isNew ? (made ?? kept?.made) : kept?.made;
  if (noted) merged.made = noted;
  return merged;
}

/** What differs between two locks, by package, sorted by name. */
export function lockChanges(before: Lock | undefined, after: Lock): LockChange[] {
  const isSecurity = securityUpdates(after.packages?.aptSources ?? []);
  return [
    ...changes('kernel', before?.kernel?.sources ?? [], after.kernel?.sources ?? [], isSecurity),
    ...changes('packages', before?.packages?.packages ?? [], after.packages?.packages ?? [], isSecurity),
    ...changes('boot', before?.boot?.packages ?? [], after.boot?.packages ?? [], isSecurity),
  ];
}

/**
 * Tells whether a package comes from a suite of security updates: by the archive under whose address it lies. Where such a
 * suite shares its address with another one, that cannot be told, and it does not count.
 */
function securityUpdates(sources: readonly AptSource[]): (source: KernelSourceFile) => boolean {
  const archives = sources.map(({ uri, suite }) => ({ base: uri.endsWith('/') ? uri : `${uri}/`, suite }));
  return ({ url }) => {
    const holders = archives.filter(({ base }) => url.startsWith(base));
    const longest = Math.max(...holders.map(({ base }) => base.length));
    const nearest = holders.filter(({ base }) => base.length === longest);
    return nearest.length > 0 && nearest.every(({ suite }) => isSecuritySuite(suite));
  };
}

function changes(
  group: LockChange['group'],
  before: readonly KernelSourceFile[],
  after: readonly KernelSourceFile[],
  isSecurity: (source: KernelSourceFile) => boolean,
): LockChange[] {
  const old = new Map(before.map((source) => [source.name, source]));
  const now = new Map(after.map((source) => [source.name, source]));
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .filter((name) => old.get(name)?.sha256 !== now.get(name)?.sha256)
    .map((name) => {
      const [was, is] = [old.get(name), now.get(name)];
      return {
        ...{ group, name, from: was?.version ?? null, to: is?.version ?? null },
        security: is !== undefined && isSecurity(is),
      };
    });
}
