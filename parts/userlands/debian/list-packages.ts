/** The query `packages`: what a suite's index has, from the same archives that resolve asks. */
import type { IndexedPackage, PackagesQueryParams } from '../../../src/stages/resolve/packages-query.ts';
import type { QueryContext } from '../../../stage-images/contract/program.ts';
import { AptSuite } from './apt.ts';
import { ownArchives } from './suites.ts';

export async function listPackages({
  arch,
  params,
  work,
  log,
}: QueryContext<PackagesQueryParams>): Promise<IndexedPackage[]> {
  const { suite } = params;
  const opened = await AptSuite.open({ suite, arch, folder: work, archives: await ownArchives(suite), log });
  const reader = new PackageReader();
  await opened.list((line) => reader.read(line));
  const packages = reader.end();
  log(`${suite} has ${packages.length} packages`);
  return packages;
}

/** Takes deb822(5) stanzas line by line and keeps of each package what a list shows. */
export class PackageReader {
  readonly #packages = new Map<string, IndexedPackage>();
  #current: Partial<IndexedPackage> = {};

  read(line: string): void {
    // The summary is the first line of Description, or of one in a language such as Description-en.
    const [, field, value = ''] =
      /^(Package|Version|Provides|Description)(?:-[a-z]{2}(?:_[A-Z]{2})?)?: (.*)$/.exec(line) ?? [];
    if (line === '') this.#finish();
    else if (field === 'Package') this.#current.name = value;
    else if (field === 'Version') this.#current.version = value;
    else if (field === 'Provides') this.#current.provides = value.split(',').map(nameOfRelation);
    else if (field === 'Description') this.#current.summary ??= value;
  }

  /** All of them, by name. */
  end(): IndexedPackage[] {
    this.#finish();
    return [...this.#packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #finish(): void {
    const { name, version, summary = '', provides } = this.#current;
    this.#current = {};
    if (name === undefined || version === undefined) return;
    this.#packages.set(name, { name, version, summary, ...(provides === undefined ? {} : { provides }) });
  }
}

/** Debian Policy 7.1: `name (= version)`. */
function nameOfRelation(relation: string): string {
  return relation.trim().split(/[ (:]/, 1)[0] ?? '';
}
