import * as z from 'zod';
import { Architecture } from '../definition/architecture.ts';
import { PackageName } from '../definition/package-name.ts';
import { SourceFile } from './source-file.ts';

/** What a lock's kernel comes from: so many packages at most. */
export const mostKernelSources = 100;

/** Packages that an image's boot files come from. */
export const mostBootPackages = 50;

/** deb-version(7): the characters of a version. */
const PackageVersion = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.+:~-]{0,127}$/, 'must be a version of a Debian package, such as 1:2.3-4');

/** A Debian package: deb-control(5) names, `version` with its epoch, `arch` in Debian's terms. */
export const PackageSource = SourceFile.extend({
  name: PackageName,
  version: PackageVersion,
  arch: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be Debian's name of an architecture, such as amd64 or all"),
  installedBytes: z
    .int()
    .nonnegative()
    .optional()
    .describe('About what it takes when it is installed, as the archive says; missing in older locks.'),
});
export type PackageSource = z.infer<typeof PackageSource>;

/** What a kernel comes from. Without `arch` it is in no package: a file as its project publishes it, of which `name` is the project. */
export const KernelSourceFile = PackageSource.partial({ arch: true });
export type KernelSourceFile = z.infer<typeof KernelSourceFile>;
export const LockedKernelSource = KernelSourceFile.omit({
  url: true,
  elsewhere: true,
  madeBy: true,
  installedBytes: true,
});
export type LockedKernelSource = z.infer<typeof LockedKernelSource>;

/** A package as stages see it that no longer fetch: what the archive says of it is in no key, so mirrors share a cache. */
export const LockedPackage = PackageSource.omit({ url: true, elsewhere: true, madeBy: true, installedBytes: true });
export type LockedPackage = z.infer<typeof LockedPackage>;

/** Packages of the machine that assembles, for a root of another architecture. */
export const LockedNative = z.strictObject({ arch: Architecture, packages: z.array(LockedPackage) });
export type LockedNative = z.infer<typeof LockedNative>;
