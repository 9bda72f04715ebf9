/** resolve: from what a definition wants to exactly which files, the groups of a lock. */
import * as z from 'zod';
import { mostPatches, PatchFile } from '../../definition/kernel-patch.ts';
import { PackageName } from '../../definition/package-name.ts';
import { WrittenPackage } from '../../definition/packages.ts';
import { ArchiveComponent, mostArchiveComponents } from '../apt-source.ts';
import { ChosenPart } from '../chosen-part.ts';
import { Sha256, type StageContract } from '../contract.ts';
import { BootGroup, KernelGroup, Lock, PackagesGroup } from '../lock.ts';
import { mostBootPackages } from '../locked-package.ts';
import { Origin } from '../origin.ts';
import { SourceFile } from '../source-file.ts';

/** What the kernel group of a lock answers. */
export const KernelWish = z.strictObject({
  wishesSha256: Sha256,
  /** The part that chooses it, and from what. */
  source: ChosenPart,
  /** A series (6.12) or an exact upstream version (6.12.57). */
  version: z.string(),
});
export type KernelWish = z.infer<typeof KernelWish>;

/** Parts of the suite, beside those that packages come from anyway. */
const ArchiveComponents = z.array(ArchiveComponent).min(1).max(mostArchiveComponents);

/** A package as `parsePackage` reads it, and where it was asked for. */
const WantedName = z.strictObject({
  name: WrittenPackage,
  from: Origin,
  /** Whether a component asks for it as well as the definition, which `from` names. */
  alsoByComponent: z.literal(true).optional(),
});

/** What the packages group of a lock answers. */
export const PackagesWish = z.strictObject({
  wishesSha256: Sha256,
  suite: z.string(),
  /** What to install. */
  names: z.array(WantedName),
  /** Names to install where the suite has them and nothing among `names` excludes them. */
  recommended: z.array(z.strictObject({ name: PackageName, from: Origin })).max(2000),
  archiveComponents: ArchiveComponents.optional(),
});
export type PackagesWish = z.infer<typeof PackagesWish>;

/** What the boot group of a lock answers. */
export const BootWish = z.strictObject({
  wishesSha256: Sha256,
  suite: z.string(),
  /** Exactly these packages, and what asked for each. */
  names: z
    .array(z.strictObject({ name: PackageName, from: Origin }))
    .min(1)
    .max(mostBootPackages),
  archiveComponents: ArchiveComponents.optional(),
});
export type BootWish = z.infer<typeof BootWish>;

/** A file with a change of the kernel's source, of which the size is to be learned. */
export const PatchWish = PatchFile.extend({ pointer: z.string().max(256) });
export type PatchWish = z.infer<typeof PatchWish>;

export const ResolveParams = z.strictObject({
  kernel: KernelWish.nullable(),
  /** With the part that answers it, and the one that the kernel comes from: packages may depend on a finished kernel. */
  packages: PackagesWish.extend({ userland: ChosenPart, kernelSource: ChosenPart }).nullable(),
  /** With the part that answers it. */
  boot: BootWish.extend({ userland: ChosenPart }).nullable(),
  /** All that the definition names, when the lock does not know each of them. */
  patches: z.array(PatchWish).max(mostPatches).optional(),
  /** The lock to renew: a group that resolves to the same files keeps its source date. */
  previous: Lock.nullable(),
});
export type ResolveParams = z.infer<typeof ResolveParams>;

export const ResolveData = z.strictObject({
  kernel: KernelGroup.nullable(),
  packages: PackagesGroup.nullable(),
  boot: BootGroup.nullable(),
  patches: z.array(SourceFile).max(mostPatches).optional(),
});
export type ResolveData = z.infer<typeof ResolveData>;

export const resolveContract = {
  stage: 'resolve',
  params: ResolveParams,
  data: ResolveData,
} as const satisfies StageContract;
