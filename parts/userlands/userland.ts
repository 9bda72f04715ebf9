/** Where the programs of an image come from: how they are chosen, installed into a root file system, and searched for. */
import type { Architecture } from '../../src/definition/architecture.ts';
import type { AssembleParams } from '../../src/stages/assemble/contract.ts';
import type { VaryingFile } from '../../src/stages/assemble/data.ts';
import type { BaseData, BaseParams, WrittenFile } from '../../src/stages/base/contract.ts';
import type { KernelPackage } from '../../src/stages/kernel-package.ts';
import type { BootGroup, PackagesGroup } from '../../src/stages/lock.ts';
import type { PackageFacts } from '../../src/stages/package-facts.ts';
import type { BootWish, PackagesWish, ResolveParams } from '../../src/stages/resolve/contract.ts';
import type { IndexedPackage, PackagesQueryParams } from '../../src/stages/resolve/packages-query.ts';
import type { QueryContext, StageContext } from '../../stage-images/contract/program.ts';
import type { FirstBootEntry } from '../inits/init-system.ts';
import type { Part } from '../part.ts';
import type { RootFs } from '../root-fs/root-fs.ts';
import type { Steps } from '../steps.ts';

/** What resolving needs of the run that it is part of. */
export type ResolveContext = Pick<
  StageContext<ResolveParams>,
  'arch' | 'params' | 'work' | 'sources' | 'progress' | 'log'
>;

export interface Installing<Params = AssembleParams> {
  params: Params;
  arch: Architecture;
  /** Scratch space, outside of the root. */
  work: string;
  /** The source store: a file for each locked package, by its sha256. */
  store: string;
  /** Installing takes the bar from 0 to `installedAt`. */
  steps: Steps;
  /** Writes the files that are to be there before packages are configured. */
  writeFiles(): Promise<void>;
}

/** What the root has already: the first packages of the parameters, configured; none: it is empty. */
export type InstalledBase = Pick<BaseData, 'packages' | 'written'>;

/** What was installed. */
export interface Installed {
  /** What each package says of itself, in the order of the lock. */
  packages: PackageFacts[];
  /** The files that are not the same each time. */
  varying: VaryingFile[];
}

type User = AssembleParams['users'][number];

/** How accounts are made. Whoever calls has made sure that groups and shells are there, and that no name is taken. */
export interface AccountTools {
  /** A person with its home directory; with a group of its own name, or without where there is one for something else. */
  add(root: RootFs, user: User, account: { id: number; ownGroup: boolean }): Promise<void>;
  /** Shell and groups of root. */
  changeRoot(root: RootFs, user: User): Promise<void>;
  /** @param passwords hashes of crypt(5), or what no password matches, by name */
  setPasswords(root: RootFs, passwords: ReadonlyMap<string, string>): Promise<void>;
}

/** The share of an assembly that has passed once everything is installed. */
export const installedAt = 0.92;

export interface Userland {
  /**
   * What answers a wish for packages, with everything that they need. The finished kernel that the image will have is waited
   * for once the wish's own archives have answered; undefined: there is none, or it is compiled.
   * @throws StageFailure for each name, version or suite that there is not, with its place in the definition.
   */
  resolve(
    context: ResolveContext,
    wish: PackagesWish,
    kernel: () => Promise<KernelPackage | undefined>,
  ): Promise<PackagesGroup>;
  /**
   * What answers a wish for packages that boot files come from: each at its newest version, without what it depends on. Files
   * that `previous` has already keep its date. Archives that `resolve` asks, too, are asked once.
   * @throws StageFailure `boot.package-unknown` naming each that there is not, and who wants it; else as `resolve` does.
   */
  resolveBoot(context: ResolveContext, wish: BootWish, previous: BootGroup | undefined): Promise<BootGroup>;
  /** Every package of a suite. @throws StageFailure `suite.unknown`. */
  search(context: QueryContext<PackagesQueryParams>): Promise<IndexedPackage[]>;
  /**
   * Installs the base into an empty root, offline, as it is before anything is known of the definition. Gives the files that
   * `install` is to look at. Absent where the userland's locks set no base apart.
   * @throws StageFailure where a package cannot be installed.
   */
  installBase?(root: RootFs, installing: Installing<BaseParams>): Promise<WrittenFile[]>;
  /**
   * Installs what is locked, and not in the root as its base, offline.
   * @throws StageFailure where a package cannot be installed, or leaves a secret that every machine would share.
   */
  install(root: RootFs, installing: Installing, base: InstalledBase): Promise<Installed>;
  /** Names, time zone, locale, mount points and archives of the finished system, which packages may have changed. */
  writeSystem(root: RootFs, params: AssembleParams): Promise<void>;
  /** Files of the definition that were written, by path, get what packages make of them; what packages had there goes. */
  takeEffect(root: RootFs, paths: readonly string[], params: AssembleParams): Promise<void>;
  readonly accounts: AccountTools;
  /** What each machine makes for itself: what is asked for, and what packages are known for. */
  firstBootEntries(params: Pick<AssembleParams, 'perMachine' | 'packages'>): FirstBootEntry[];
  /** Takes out what belongs to the making of the root and not to the root. */
  clean(root: RootFs): Promise<void>;
}

export interface UserlandPart extends Part<Userland> {
  /** Where this stage image gets packages from: a file that a lock names may be there, too, though its own address fails. */
  mirrors(): Promise<string[]>;
}
