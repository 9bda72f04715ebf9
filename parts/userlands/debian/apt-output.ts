/** What apt prints, read: all pure. The formats are those of apt 2.6 to 3.0 under LC_ALL=C.UTF-8. */
import type { PackageSource } from '../../../src/stages/locked-package.ts';
import { parseControl, type Stanza } from '../../deb822.ts';

export type FoundPackage = PackageSource;

/** Lines of `apt-get --print-uris`: 'URL' filename size SHA256:hash. Other lines are left out. */
export function parsePrintUris(lines: readonly string[]): FoundPackage[] {
  return lines.flatMap((line) => {
    const match = /^'([^']+)' (\S+) ([0-9]+) SHA256:([0-9a-f]{64})$/.exec(line);
    const [, url, filename, size, sha256] = match ?? [];
    if (!url || !filename || !sha256) return [];
    return [{ ...parseDebName(filename), url, filename, sha256, sizeBytes: Number(size) }];
  });
}

/** Each with its Installed-Size, which is in KiB (deb-control(5)), where one of the control paragraphs is its own and has it. */
export function withInstalledSizes(found: readonly FoundPackage[], stanzas: readonly Stanza[]): FoundPackage[] {
  const nameOf = (name: string | undefined, version: string | undefined) => `${name} ${version}`;
  const sizes = new Map(stanzas.map((stanza) => [nameOf(stanza.get('package'), stanza.get('version')), stanza]));
  return found.map((source) => {
    const size = sizes.get(nameOf(source.name, source.version))?.get('installed-size') ?? '';
    return /^[0-9]{1,12}$/.test(size) ? { ...source, installedBytes: Number(size) * 1024 } : source;
  });
}

/** name_version_arch.deb as apt writes it: the colon of an epoch is escaped as %3a. @throws Error on any other form. */
export function parseDebName(filename: string): Pick<PackageSource, 'name' | 'version' | 'arch'> {
  const [, name, version, arch] = /^([^_]+)_([^_]+)_([^_.]+)\.deb$/.exec(filename) ?? [];
  if (!name || !version || !arch) throw new Error(`${filename} is not named like a Debian package`);
  return { name, version: version.replace(/%3a/gi, ':'), arch };
}

/** A package as a simulation names it. */
export interface InstalledPackage {
  name: string;
  version: string;
}

/** Packages in the order in which `apt-get --simulate` unpacks them: `Inst name [old] (version …)`. */
export function parseInstalls(lines: readonly string[]): InstalledPackage[] {
  return lines.flatMap((line) => {
    const [, name, version] = /^Inst ([^\s:]+)\S* (?:\[[^\]]*\] )?\((\S+)/.exec(line) ?? [];
    return name && version ? [{ name, version }] : [];
  });
}

/** Their names. */
export function parseInstallOrder(lines: readonly string[]): string[] {
  return parseInstalls(lines).map(({ name }) => name);
}

/** Puts the located packages into apt's order. @throws Error when the two answers do not name the same packages. */
export function inInstallOrder(order: readonly string[], found: readonly FoundPackage[]): FoundPackage[] {
  const byName = new Map(found.map((source) => [source.name, source]));
  if (byName.size !== order.length) throw new Error(`apt installs ${order.length} packages but located ${byName.size}`);
  return order.map((name) => {
    const source = byName.get(name);
    if (!source) throw new Error(`apt installs ${name} but did not say where it is`);
    return source;
  });
}

/** Of each `Package:` in the answer of `apt-cache showpkg`, the names under `Reverse Provides:`, each once, sorted. */
export function parseProviders(lines: readonly string[]): Map<string, string[]> {
  const providers = new Map<string, Set<string>>();
  let current: Set<string> | undefined;
  let listing = false;
  for (const line of lines) {
    const name = /^Package: (\S+)/.exec(line)?.[1];
    if (name) {
      current = new Set();
      providers.set(name, current);
    }
    const provider = listing ? /^(\S+) [^:]/.exec(line)?.[1] : undefined;
    if (/^[A-Z][A-Za-z ]*:/.test(line)) listing = line.startsWith('Reverse Provides:');
    else if (provider) current?.add(provider);
  }
  return new Map([...providers].map(([name, found]) => [name, [...found].sort()]));
}

/** What a package depends on, of the answer of `apt-cache depends`; of alternatives each, of a virtual package its name. */
export function parseDependencies(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^ [ |](?:Pre)?Depends: <?([^>]+)/.exec(line)?.[1] ?? []);
}

/** Of the answer of `apt-cache madison`, lines of `name | version | uri suite/component arch Packages`, what each name has. */
export function parseVersions(lines: readonly string[]): Map<string, { version: string; suite: string }[]> {
  const versions = new Map<string, { version: string; suite: string }[]>();
  for (const line of lines) {
    const [, name, version, suite] = /^\s*(\S+) \|\s*(\S+) \|\s*\S+ (\S+)\/\S+ \S+ Packages/.exec(line) ?? [];
    if (name && version && suite) versions.set(name, [...(versions.get(name) ?? []), { version, suite }]);
  }
  return versions;
}

const generalRemarks = /you have held broken packages|may provide additional context:$/;

/** apt's own account of why an installation is impossible, without its general remarks. */
export function parseConflict(lines: readonly string[]): string[] {
  const start = lines.findIndex((line) =>
    /^(The following packages have unmet dependencies|Unsatisfied dependencies):/.test(line),
  );
  const rest = start < 0 ? lines.filter((line) => /^(E|Error):/.test(line)) : lines.slice(start + 1);
  const said = rest.map((line) => line.replace(/^(E|Error): /, '').trimEnd());
  return said.filter((line) => line !== '' && !generalRemarks.test(line));
}

/** The newest `Date` of some Release files, in seconds since the epoch. @throws Error when there is none. */
export function newestReleaseDate(releases: readonly string[]): number {
  const dates = releases.flatMap((text) => parseControl(text).flatMap((stanza) => stanza.get('date') ?? []));
  const seconds = dates.map((date) => Date.parse(date) / 1000).filter((date) => Number.isInteger(date));
  if (seconds.length === 0) throw new Error('the Release files carry no date');
  return Math.max(...seconds);
}

/** Why `apt-get update` failed: suites that are not there, hosts that did not answer, and whatever else apt refused. */
export function updateProblems(lines: readonly string[]): {
  missing: string[];
  unreachable: string[];
  refused: string[];
} {
  const errors = lines.flatMap((line) => /^(?:E|Error): (.*)$/.exec(line)?.[1] ?? []);
  const missing = errors.flatMap(
    (line) => /^The repository '\S+ (\S+) Release' does not have a Release file/.exec(line)?.[1] ?? [],
  );
  const unreachable = errors.filter((line) => /^Failed to fetch/.test(line) && !/ 40[34] /.test(line));
  const refused = errors.filter((line) => !unreachable.includes(line));
  return { missing, unreachable, refused };
}
