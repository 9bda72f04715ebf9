/** The suites that one run of resolve asks: the lists of each are fetched once, whoever asks. */
import type { Architecture } from '../../../src/architecture.ts';
import { parsePackage } from '../../../src/definition/packages.ts';
import type { PackagesWish } from '../../../src/stages/resolve/contract.ts';
import type { ResolveContext } from '../userland.ts';
import { AptSuite } from './apt.ts';
import { type Archive, archivesFor, readSourceEntries, withBackports, withComponents } from './apt-sources.ts';
import { releaseCodename } from './release-codename.ts';

const ofRun = new WeakMap<ResolveContext, Suites>();

export class Suites {
  readonly #context: ResolveContext;
  readonly #opened = new Map<string, Promise<AptSuite>>();

  private constructor(context: ResolveContext) {
    this.#context = context;
  }

  static of(context: ResolveContext): Suites {
    const known = ofRun.get(context);
    if (known) return known;
    const suites = new Suites(context);
    ofRun.set(context, suites);
    return suites;
  }

  /** @throws StageFailure as AptSuite.open and `archivesFor` do. */
  open(suite: string, arch: Architecture = this.#context.arch): Promise<AptSuite> {
    const name = `${suite} ${arch}`;
    const known = this.#opened.get(name);
    if (known) return known;
    const opening = this.#fetch(suite, arch);
    this.#opened.set(name, opening);
    return opening;
  }

  async #fetch(suite: string, arch: Architecture): Promise<AptSuite> {
    const { params, work, log } = this.#context;
    const { packages, boot } = params;
    const plain = withComponents(await ownArchives(suite), [
      ...(packages?.archiveComponents ?? []),
      ...(boot?.archiveComponents ?? []),
    ]);
    const archives = suite === packages?.suite && asksForBackports(packages) ? withBackports(suite, plain) : plain;
    return AptSuite.open({ suite, arch, folder: work, archives, log });
  }
}

/** Where this stage image gets a suite from. @throws StageFailure as `archivesFor` does. */
export async function ownArchives(suite: string): Promise<Archive[]> {
  return archivesFor(suite, await readSourceEntries('/etc/apt'), await releaseCodename());
}

/** Nobody else pays for their lists, and only such an image has them among its sources. */
function asksForBackports({ suite, names }: PackagesWish): boolean {
  return names.some(({ name }) => parsePackage(name).suite === `${suite}-backports`);
}
