/** What the packages of a definition come to, as far as a lock says. Pure. */
import { formatBytes, formatCount } from '../../../../amounts.ts';
import { parsePackage, WrittenPackage } from '../../../../definition/packages.ts';
import type { Lock } from '../../../../stages/lock.ts';
import type { PackageSource } from '../../../../stages/locked-package.ts';

export type InstalledPackage = Pick<PackageSource, 'name' | 'version' | 'sizeBytes' | 'installedBytes'>;

export interface ChosenPackage {
  /** As it stands in the definition. */
  written: string;
  /** `name-`: it must not be installed. */
  leaveOut: boolean;
  /** Undefined while no lock has it. */
  found: InstalledPackage | undefined;
}

export function chosenPackages(written: readonly string[], lock: Lock | undefined): ChosenPackage[] {
  const byName = new Map(installedPackages(lock).map((one) => [one.name, one]));
  return written.map((text) => {
    // What is no package is shown as it is, with its problem.
    if (!WrittenPackage.safeParse(text).success) return { written: text, leaveOut: false, found: undefined };
    const { name, leaveOut } = parsePackage(text);
    return { written: text, leaveOut, found: leaveOut ? undefined : byName.get(name) };
  });
}

/** What is installed beside the chosen ones: what components bring, and dependencies; by name. */
export function pulledIn(chosen: readonly ChosenPackage[], lock: Lock | undefined): InstalledPackage[] {
  const names = new Set(chosen.flatMap(({ found }) => found?.name ?? []));
  return installedPackages(lock)
    .filter(({ name }) => !names.has(name))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/**
 * `31 chosen → 164 installed, 412 MiB (98.2 MiB to download)`, or what is known in its place.
 * @param current whether the lock answers the definition as it stands
 */
export function installedWords(chosen: readonly ChosenPackage[], lock: Lock | undefined, current: boolean): string {
  const wanted = `${chosen.filter(({ leaveOut }) => !leaveOut).length} chosen`;
  const installed = installedPackages(lock);
  if (installed.length === 0) return `${wanted}; dependencies and sizes are not resolved yet`;
  const size = sizeWords(installed);
  if (current) return `${wanted} → ${installed.length} installed, ${size}`;
  return `${wanted}; ${formatCount(installed.length, 'package')}, ${size}, before your changes`;
}

/** Locks of earlier versions do not say what packages take when they are installed. */
export function hasInstalledSizes(lock: Lock | undefined): boolean {
  return installedPackages(lock).every(({ installedBytes }) => installedBytes !== undefined);
}

function sizeWords(packages: readonly InstalledPackage[]): string {
  const sum = (bytesOf: (one: InstalledPackage) => number) =>
    formatBytes(packages.reduce((total, one) => total + bytesOf(one), 0));
  const download = `${sum(({ sizeBytes }) => sizeBytes)} to download`;
  if (packages.some(({ installedBytes }) => installedBytes === undefined)) return download;
  return `${sum(({ installedBytes = 0 }) => installedBytes)} (${download})`;
}

function installedPackages(lock: Lock | undefined): readonly InstalledPackage[] {
  return lock?.packages?.packages ?? [];
}
