/**
 * Where a kernel comes from. A source has two halves, for two stage images do its work: `resolvers.ts` lists those that choose
 * the files, with a network; `index.ts` those that read them, without one. The stage image that makes kernels has nothing of the
 * first, so that another way of choosing compiles no kernel again. Whether it is a tree or a finished kernel, `params.ts` says.
 *
 * The SBOM follows from that: the files of a tree are the ancestors of the kernel, those of a finished one its components.
 */
import type { KernelPackage } from '../../src/stages/kernel-package.ts';
import type { KernelGroup } from '../../src/stages/lock.ts';
import type { LockedKernelSource } from '../../src/stages/locked-package.ts';
import type { KernelWish } from '../../src/stages/resolve/contract.ts';
import type { ResolveContext } from '../userlands/userland.ts';

/** What a resolver may ask of the web. Which hosts may be asked, proxies and certificates are the affair of the run. */
export interface Web {
  /** What a server says of a file: its size, and when it was last changed, in seconds since the epoch; now where that is not said. */
  facts(url: string, asked: AskedOfWeb): Promise<{ sizeBytes: number; changedAt: number }>;
  /** The whole of a small file. */
  content(url: string, asked: AskedOfWeb): Promise<Buffer>;
  /** Asks for a file, and tells how a program of its own reaches the server that has it. */
  route(url: string, asked: AskedOfWeb): Promise<Route>;
}

/** For programs that fetch by themselves. They must follow no redirects, and take the addresses that stand here. */
export interface Route {
  /** Where redirects led. */
  url: string;
  /** Of the host, each looked over; none where a proxy resolves its name, or where the host is an address in numbers. */
  addresses: readonly string[];
  /** It may hold a password. */
  proxy: string | undefined;
  /** All certificates that are trusted (PEM); undefined: the usual ones. */
  certificates: string | undefined;
}

export interface AskedOfWeb {
  /** What names the address: a place in the definition, or ''. */
  pointer: string;
  mostBytes: number;
  /** After so long an answer is given up that is not all there. */
  mostMs?: number;
}

/** The same with what asks the web; it throws StageFailure `source.gone`, `.refused`, `.too-large`, `.unreachable`. */
export type SourceContext = ResolveContext & { web: Web };

/** What making a file needs of the run that it is part of. */
export type MakingContext = Pick<SourceContext, 'web' | 'work' | 'log'>;

/** Makes a file that the lock names, to the same bytes each time. */
export interface SourceMaker {
  /** @param target where the file goes; whoever asks verifies it @throws StageFailure */
  make(context: MakingContext, url: string, target: string): Promise<void>;
}

/** No file of a source is larger. The kernel's tree takes 150 MB as .tar.xz, and 1.5 GB as .tar. */
export const mostSourceBytes = 4 * 2 ** 30;

export interface SourceResolver {
  /** What is fetched to begin with, for whoever waits: `the package lists of trixie`. */
  readonly asks: string;
  /**
   * What answers a wish for a kernel: the newest of its series, or the exact version. Files that `previous` has already keep its date.
   * @throws StageFailure `kernel.unavailable` where there is none, saying which there are.
   */
  resolve(context: SourceContext, wish: KernelWish, previous: KernelGroup | undefined): Promise<KernelGroup>;
  /** Which package of the lock is the kernel itself, for packages that depend on it; undefined where it is compiled. */
  finished(locked: KernelGroup): KernelPackage | undefined;
}

/** A file of the source store that is what the lock names. */
export interface VerifiedFile {
  path: string;
  /** Under which it was published. */
  filename: string;
  sizeBytes: number;
  sha256: string;
  /** As the lock has it: of the package, or of the tree that is in it. */
  version: string;
}

export interface Unpacking {
  /** Made by whoever unpacks. */
  folder: string;
  /** Hears the fraction done, at every percent; where nothing is known of that, never. */
  progress: (fraction: number) => void;
  /** `kconfig`: of a tree, only what Kconfig reads: its own files, and the scripts that its macros run. */
  only?: 'kconfig';
}

export interface KernelSource {
  /**
   * The file that holds the kernel, verified against the lock. Nothing has read it before that.
   * @param store the source store: a file for each that the lock names, below `sha256`
   * @throws StageFailure `kernel.source-unclear` where the lock does not name exactly one, `source.hash-mismatch`.
   */
  verify(sources: readonly LockedKernelSource[], store: string): Promise<VerifiedFile>;
  /**
   * Unpacks it: a tree as kernel.org has it, with its Makefile at the top, or a finished kernel, with everything where
   * `finishedFiles` says. What building a kernel, or running it, never reads may be left out.
   */
  unpack(file: VerifiedFile, unpacking: Unpacking): Promise<void>;
  /**
   * The text of the .config that comes with it, as its parameters say, without what names keys of whoever made it; undefined where
   * they say nothing. @param work a folder for what is unpacked on the way @throws StageFailure as `verify` does.
   */
  config?(sources: readonly LockedKernelSource[], store: string, work: string): Promise<string | undefined>;
}

/** Where the files of a finished kernel are below the folder that it was unpacked into. */
export const finishedFiles = {
  image: (release: string) => `boot/vmlinuz-${release}`,
  config: (release: string) => `boot/config-${release}`,
  symbols: (release: string) => `boot/System.map-${release}`,
  modules: (release: string) => `usr/lib/modules/${release}`,
} as const;

/** And its device trees, of which a kernel may have none. */
export function finishedDeviceTree(release: string, name: string): string {
  return `usr/lib/linux-image-${release}/${name}`;
}
