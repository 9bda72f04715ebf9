/**
 * The lock: exactly which sources a build is made of. One lock holds one architecture. Each group carries the hash of
 * the wishes it answers (`wishesSha256`), so only a group whose part changed is resolved anew.
 */
import * as z from 'zod';
import { Architecture } from '../definition/architecture.ts';
import { boundedRecord } from '../definition/bounds.ts';
import { mostPatches } from '../definition/kernel-patch.ts';
import { isRecord } from '../is-record.ts';
import { AptSource, mostAptSources } from './apt-source.ts';
import { Sha256 } from './contract.ts';
import { KernelPackage } from './kernel-package.ts';
import { KernelSourceFile, mostBootPackages, mostKernelSources, PackageSource } from './locked-package.ts';
import { SourceDate } from './source-date.ts';
import { SourceFile } from './source-file.ts';

/** Packages of a lock, with all they depend on; a whole desktop has 2,500. */
const mostPackages = 10_000;

/** Locks that were written before say `of` where they now say `wishesSha256`. */
function earlierName(group: unknown): unknown {
  if (!isRecord(group) || !('of' in group) || 'wishesSha256' in group) return group;
  const { of, ...rest } = group;
  return { wishesSha256: of, ...rest };
}

const kernelGroup = z.strictObject({
  wishesSha256: Sha256,
  /** The newest date of the group's sources. */
  sourceDate: SourceDate,
  /** Upstream version, such as 6.12.57. */
  version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+~-]{0,63}$/, 'must be the version of a kernel, such as 6.12.57'),
  /** The Debian package that brings the source tree, or the finished kernel; or the archive that the tree is in. */
  sources: z.array(KernelSourceFile).min(1).max(mostKernelSources),
});
export const KernelGroup = z.preprocess(earlierName, kernelGroup);
export type KernelGroup = z.infer<typeof kernelGroup>;

/** Recommendations are noted only so far: what is left out is no reason for a lock without end. */
export const mostRecommendations = 500;

/** A package that another one recommends, and that is not among those of the lock. */
export const LeftOut = z.strictObject({
  name: z.string().max(128),
  /** Which package recommends it. */
  by: z.string().max(128),
  /** Whether it is the command line of that package. */
  tool: z.boolean(),
});
export type LeftOut = z.infer<typeof LeftOut>;

/**
 * Packages of the machine that assembles, for a root file system of another architecture: what runs that one's programs. None of
 * them is in the image.
 */
export const NativePackages = z.strictObject({
  /** Of that machine. */
  arch: Architecture,
  packages: z.array(PackageSource).min(1).max(mostPackages),
});
export type NativePackages = z.infer<typeof NativePackages>;

/**
 * The base of a set of packages: those that components ask for, with all that they need. A lock of before there was one has none,
 * and its packages are installed all at once.
 */
const PackagesBase = z.strictObject({
  /** The newest date of its own sources: it stays when a package is added beside it. */
  sourceDate: SourceDate,
  /** So many of the group's packages: the first. */
  packages: z.int().min(1).max(mostPackages),
  /** So many of those of the machine that assembles: the first. */
  native: z.int().min(0).max(mostPackages).optional(),
});
export type PackagesBase = z.infer<typeof PackagesBase>;

const packagesGroup = z.strictObject({
  wishesSha256: Sha256,
  sourceDate: SourceDate,
  /** Those of the base, then the others; each part in an order in which dpkg can unpack and configure it. */
  packages: z.array(PackageSource).min(1).max(mostPackages),
  base: PackagesBase.optional(),
  /** The finished kernel that some of them depend on; it is no package of the image. Another kernel needs other packages. */
  kernel: KernelPackage.optional(),
  /** What packages that the definition names recommend. */
  leftOut: z.array(LeftOut).max(mostRecommendations).optional(),
  aptSources: z.array(AptSource).max(mostAptSources),
  native: NativePackages.optional(),
});
export const PackagesGroup = z.preprocess(earlierName, packagesGroup);
export type PackagesGroup = z.infer<typeof packagesGroup>;

/** What an image boots from beside its kernel: a boot loader, and tools of the initramfs. They are unpacked, and never run. */
const bootGroup = z.strictObject({
  wishesSha256: Sha256,
  sourceDate: SourceDate,
  /** Those that were asked for, without what they depend on; of the architecture of the lock. */
  packages: z.array(PackageSource).min(1).max(mostBootPackages),
});
export const BootGroup = z.preprocess(earlierName, bootGroup);
export type BootGroup = z.infer<typeof bootGroup>;

/** Names in `made`, and characters of each and of an identity. */
const mostMade = 1_000;
const MadeName = z.string().max(256);

/** What was there when the lock was made: other images or components may make other bytes of the same sources. */
export const LockMade = z.strictObject({
  /** The identity of each stage image that shapes what is built. */
  stageImages: boundedRecord(MadeName, MadeName, mostMade),
  /** The hash of each component that the definition came to. */
  components: boundedRecord(MadeName, Sha256, mostMade),
});
export type LockMade = z.infer<typeof LockMade>;

export const Lock = z.strictObject({
  version: z.literal(1),
  arch: Architecture,
  kernel: KernelGroup.optional(),
  packages: PackagesGroup.optional(),
  boot: BootGroup.optional(),
  /** Files with changes of the kernel's source, which the definition names by address and hash. */
  patches: z.array(SourceFile).max(mostPatches).optional(),
  made: LockMade.optional(),
});
export type Lock = z.infer<typeof Lock>;
