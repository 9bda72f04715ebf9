/**
 * The lock: exactly which sources a build is made of. One lock holds one architecture. Each group carries the hash of
 * the part of the definition it answers (`of`), so only a group whose part changed is resolved anew.
 */
import * as z from 'zod';
import { bounds } from '../definition/bounds.ts';
import { Architecture } from '../definition/definition.ts';
import { PackageName } from '../definition/packages.ts';
import { Sha256 } from './contract.ts';

/** The URL parser drops line ends, which a file that takes the address as it is would keep (WHATWG URL, 4.4). */
const WebAddress = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[\x21-\x7e]+$/, 'must be an http or https address, without spaces and line ends')
  .refine((address) => URL.canParse(address), 'must be an http or https address');

/** A file to fetch. `url` is where it was found; `sha256` is what it is. */
export const SourceFile = z.strictObject({
  url: WebAddress,
  sha256: Sha256,
  sizeBytes: z.int().positive(),
  /** The file's own name, for messages and the store's listing. */
  filename: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~%:-]{0,254}$/),
});
export type SourceFile = z.infer<typeof SourceFile>;

/** deb-version(7): the characters of a version. */
const PackageVersion = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.+:~-]{0,127}$/, 'must be a version of a Debian package, such as 1:2.3-4');

/** A Debian package: deb-control(5) names, `version` with its epoch, `arch` in Debian's terms. */
export const PackageSource = SourceFile.extend({
  name: PackageName,
  version: PackageVersion,
  arch: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be Debian's name of an architecture, such as amd64 or all"),
});
export type PackageSource = z.infer<typeof PackageSource>;

/** A package as stages see it that no longer fetch: where it came from is in no key, so mirrors share a cache. */
export const LockedPackage = PackageSource.omit({ url: true });
export type LockedPackage = z.infer<typeof LockedPackage>;

/** What apt in the finished image is set up with: the archives the lock was resolved from. */
export const AptSource = z.strictObject({
  uri: WebAddress,
  suite: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/, 'must be a suite')
    .max(128),
  components: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/, 'must be a component such as main'))
    .max(bounds.aptComponents),
});
export type AptSource = z.infer<typeof AptSource>;

const sourceDate = z.int().nonnegative();

export const KernelGroup = z.strictObject({
  of: Sha256,
  /** Seconds since the epoch: the newest date of the group's sources; SOURCE_DATE_EPOCH of what is made of them. */
  sourceDate,
  /** Upstream version, such as 6.12.57. */
  version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+~-]{0,63}$/, 'must be the version of a kernel, such as 6.12.57'),
  /** The Debian package that brings the source tree, or the finished kernel. */
  sources: z.array(PackageSource).min(1).max(bounds.kernelSources),
});
export type KernelGroup = z.infer<typeof KernelGroup>;

/** A finished kernel by its Debian package, such as linux-image-6.12.118+deb13-cloud-amd64. */
export const KernelPackage = z.strictObject({ name: z.string().max(128), version: z.string().max(128) });
export type KernelPackage = z.infer<typeof KernelPackage>;

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

export const PackagesGroup = z.strictObject({
  of: Sha256,
  sourceDate,
  /** In an order in which dpkg can unpack and configure them. */
  packages: z.array(PackageSource).min(1).max(bounds.lockedPackages),
  /** The finished kernel that some of them depend on; it is no package of the image. Another kernel needs other packages. */
  kernel: KernelPackage.optional(),
  /** What packages that the definition names recommend. */
  leftOut: z.array(LeftOut).max(mostRecommendations).optional(),
  aptSources: z.array(AptSource).max(bounds.aptSources),
});
export type PackagesGroup = z.infer<typeof PackagesGroup>;

export const Lock = z.strictObject({
  version: z.literal(1),
  arch: Architecture,
  kernel: KernelGroup.optional(),
  packages: PackagesGroup.optional(),
});
export type Lock = z.infer<typeof Lock>;
