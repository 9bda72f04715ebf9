/**
 * Every stage's parameters (what the request asks for) and data (what the result tells besides its outputs). These
 * schemas are closed and shared by the planner, the engine and the stage programs.
 */
import * as z from 'zod';
import { bounds, oneLine } from '../definition/bounds.ts';
import { ImageSize, KernelSymbol, PerMachine } from '../definition/definition.ts';
import { PackageName, WrittenPackage } from '../definition/packages.ts';
import { OutputPath, Sha256 } from './contract.ts';
import { AptSource, KernelGroup, KernelPackage, Lock, LockedPackage, PackagesGroup, SourceFile } from './lock.ts';
import type { StageName } from './names.ts';

const epoch = z.int().nonnegative();

// --- resolve ---------------------------------------------------------------------------------------------------------

/** A kernel comes as source, to be configured and compiled, or as a binary that is finished. */
export const KernelForm = z.enum(['source', 'binary']);
export type KernelForm = z.infer<typeof KernelForm>;

/** What the kernel group of a lock answers. */
export const KernelWish = z.strictObject({
  of: Sha256,
  form: KernelForm,
  /** The Debian suite and package that bring the kernel, such as trixie and linux-source-6.12. */
  suite: z.string(),
  package: PackageName,
  /** A series (6.12) or an exact upstream version (6.12.57). */
  version: z.string(),
});
export type KernelWish = z.infer<typeof KernelWish>;

/** What the packages group of a lock answers. */
export const PackagesWish = z.strictObject({
  of: Sha256,
  suite: z.string(),
  /** What to install, as `parsePackage` reads it. Where each was asked for, as JSON pointers or component names. */
  names: z.array(z.strictObject({ name: WrittenPackage, from: z.string() })),
  /** Names to install where the suite has them and nothing among `names` excludes them. */
  recommended: z.array(z.strictObject({ name: PackageName, from: z.string() })).max(2000),
});
export type PackagesWish = z.infer<typeof PackagesWish>;

export const ResolveParams = z.strictObject({
  kernel: KernelWish.nullable(),
  packages: PackagesWish.nullable(),
  /** The lock to renew: a group that resolves to the same files keeps its source date. */
  previous: Lock.nullable(),
});

export const ResolveData = z.strictObject({ kernel: KernelGroup.nullable(), packages: PackagesGroup.nullable() });

// --- download --------------------------------------------------------------------------------------------------------

export const DownloadParams = z.strictObject({
  sources: z.array(SourceFile),
  /** When the groups of the lock were resolved: what an archive of snapshots is asked for. */
  dates: z.array(epoch).max(2).optional(),
});
export const DownloadData = z.strictObject({
  fetched: z.int().nonnegative(),
  fetchedBytes: z.int().nonnegative(),
  present: z.int().nonnegative(),
});

// --- prepare ---------------------------------------------------------------------------------------------------------

/** `from` of what stands in the definition's own kernel.config.options. */
export const fromDefinition = 'definition';

/** One wanted kernel option: its value, and who wants it (`fromDefinition`, or a component's id). */
export const WantedOption = z.strictObject({
  symbol: KernelSymbol,
  /** As in .config: y, m, n, a number, or a string's text without its quotes. */
  value: z.string(),
  /** y|m: a module will do where built-in was asked for. */
  orModule: z.boolean(),
  /** A wish of a component that may fail to hold (absent in this version): it is reported, not fatal. */
  optional: z.boolean(),
  /**
   * A component's default: it may fail to hold where the definition is the cause, by an option (a choice, a dependency) or
   * by its choice of a finished kernel.
   */
  yields: z.boolean().optional(),
  from: z.string(),
});
export type WantedOption = z.infer<typeof WantedOption>;

export const KernelBase = z.union([z.enum(['tiny', 'defconfig']), z.strictObject({ content: z.string() })]);

const WantedKernel = z.strictObject({
  version: z.string(),
  sources: z.array(LockedPackage),
  options: z.array(WantedOption),
  sourceDate: epoch,
});

export const PrepareParams = z.discriminatedUnion('form', [
  WantedKernel.extend({ form: z.literal('source'), base: KernelBase }),
  WantedKernel.extend({ form: z.literal('binary') }),
]);
export const PrepareData = z.strictObject({
  /** What `uname -r` will say, such as 6.12.57-gw: the name of the module folder. */
  release: z.string(),
  /** Of the package that the kernel, as source or as binary, came from. */
  sourceSha256: Sha256,
  /** Options that are on, built in or as module. */
  builtIn: z.int().nonnegative(),
  modules: z.int().nonnegative(),
  /** Optional wishes that did not hold, with the reason. */
  notHeld: z.array(z.strictObject({ symbol: KernelSymbol, reason: z.string() })),
});

// --- compile ---------------------------------------------------------------------------------------------------------

export const CompileParams = z.strictObject({ form: KernelForm, sourceDate: epoch });
export const CompileData = z.strictObject({
  release: z.string(),
  /** Outputs by role; `modules` is a tar of usr/lib/modules/<release> when there are any. */
  image: OutputPath,
  modules: OutputPath.nullable(),
});

// --- assemble --------------------------------------------------------------------------------------------------------

export const AssembledUser = z.strictObject({
  name: z.string(),
  passwordHash: z.string().nullable(),
  sshKeys: z.array(z.string()),
  groups: z.array(z.string()),
  shell: z.string(),
});

export const AssembledFile = z.strictObject({
  path: z.string(),
  content: z.string(),
  mode: z.string(),
  /** `user` or `user:group`; without one, the user in whose home directory the file stands, else root. */
  owner: z.string().optional(),
  from: z.string(),
});

export const AssembleParams = z.strictObject({
  suite: z.string(),
  packages: z.array(LockedPackage),
  /** The kernel that packages were resolved for; only where one of them depends on it. */
  kernel: KernelPackage.optional(),
  aptSources: z.array(AptSource),
  hostname: z.string(),
  timezone: z.string(),
  locale: z.string(),
  users: z.array(AssembledUser),
  files: z.array(AssembledFile),
  services: z.strictObject({ enable: z.array(z.string()), disable: z.array(z.string()) }),
  /** Folders that fstab(5), which the packager writes, mounts something on. */
  mountPoints: z.array(z.string()),
  /** What each machine makes at first boot, beyond what packages are known for; where each was asked for. */
  perMachine: z.array(PerMachine.safeExtend({ from: z.string() })).optional(),
  /** Files with random content that may be the same on every machine. */
  sharedFiles: z.array(z.string()).optional(),
  sourceDate: epoch,
});

/** A file whose bytes are not the same each time the packages are configured. */
export const VaryingFile = z.strictObject({
  path: z.string(),
  /** The package whose script makes it, as far as that can be told. */
  package: z.string().nullable(),
  why: z.enum(['key', 'differs', 'unproven']),
});
export type VaryingFile = z.infer<typeof VaryingFile>;

export const AssembleData = z.strictObject({
  /** The tar of the root file system, and the sum of its files. */
  rootfs: OutputPath,
  contentBytes: z.int().nonnegative(),
  files: z.int().nonnegative(),
  /** Files that stay in the image although they vary; absent when there are none. */
  varying: z.array(VaryingFile).optional(),
});

// --- package ---------------------------------------------------------------------------------------------------------

export const imageFormats = ['raw', 'qcow2'] as const;

/** How a partition is filled: the ESP by the boot loader's files, the root by the file system maker. */
export const PlannedPartition = z.strictObject({
  role: z.enum(['esp', 'root']),
  label: z.string().regex(/^[A-Za-z0-9_-]{1,11}$/),
  /** GPT type GUID (the Discoverable Partitions Specification). */
  typeGuid: z.guid(),
  fileSystem: z.enum(['vfat', 'ext4']),
  /** `auto`: what the content needs, with room to spare. */
  size: ImageSize,
});

/** A file of the ESP: its text (with {{title}}, {{release}} and {{cmdline}} filled in), or a copy out of the packager's image. */
export const EspFile = z.union([
  z.strictObject({ path: oneLine, content: z.string().max(bounds.espFileLength) }),
  z.strictObject({ path: oneLine, copy: oneLine }),
]);

export const PackageParams = z.strictObject({
  name: z.string(),
  version: z.string(),
  title: z.string(),
  size: ImageSize,
  formats: z.array(z.enum(imageFormats)),
  compression: z.enum(['none', 'zstd']),
  partitions: z.array(PlannedPartition),
  boot: z.strictObject({
    esp: z.array(EspFile),
    /** Boot Loader Specification type 1 entries are written below loader/entries. */
    entries: z.enum(['bls']),
  }),
  /** Lines of fstab(5), in which `{{label}}` stands for the PARTUUID of a partition. */
  fstab: z.array(z.string()),
  /** Without root=, which the packager adds. */
  cmdline: z.array(z.string()),
  /**
   * Drivers that must be there before the root file system can be mounted; an initramfs is made when any of them is a
   * module. The kernel must have those that are `needed` (the file system); the others are for hardware that may be absent.
   */
  bootModules: z.array(z.strictObject({ name: z.string(), needed: z.boolean() })),
  /** For the SBOM. */
  packages: z.array(LockedPackage),
  kernel: z.strictObject({ form: KernelForm, version: z.string(), sources: z.array(LockedPackage) }),
  sourceDate: epoch,
});

export const PackagedArtifact = z.strictObject({
  path: OutputPath,
  format: z.enum(['raw', 'raw.zst', 'qcow2', 'sbom', 'checksums']),
  bootable: z.boolean(),
});
export type PackagedArtifact = z.infer<typeof PackagedArtifact>;

export const PackageData = z.strictObject({
  artifacts: z.array(PackagedArtifact),
  initramfs: z.boolean(),
  diskBytes: z.int().positive(),
});

// --- boot ------------------------------------------------------------------------------------------------------------

/** A regular expression of RE2's syntax, whose search takes a time that grows with the line, not beyond it. */
const SignPattern = z.string().min(1).max(bounds.patternLength);

const sentence = z.string().max(bounds.sentenceLength);

/** What a serial console says of success and failure; regular expressions, matched line by line without escapes. */
export const ConsoleSigns = z.strictObject({
  /** All must be seen; where the `check` finds `unit` active, that counts as well. */
  up: z.array(z.strictObject({ what: sentence, pattern: SignPattern, unit: oneLine.optional() })).max(bounds.signs),
  /** Any of them fails the boot, with its code and message. */
  down: z
    .array(z.strictObject({ code: oneLine, message: sentence, pattern: SignPattern, hint: sentence.optional() }))
    .max(bounds.signs),
  /** Whom else to ask, beyond the console: `systemd` (from 256) tells which units failed, and why. Silence is no failure. */
  check: z.enum(['systemd']).optional(),
});
export type ConsoleSigns = z.infer<typeof ConsoleSigns>;

export const BootParams = z.strictObject({
  firmware: z.enum(['uefi']),
  memoryMiB: z.int().positive(),
  cpus: z.int().positive(),
  /** The machine has a screen, of which a picture is kept. */
  display: z.boolean(),
  /** Seconds of the guest's time, which is the host's only where KVM works. */
  timeoutSeconds: z.int().positive(),
  silenceSeconds: z.int().positive(),
  /** Seconds of the host's time: how long one boot may keep others waiting, however slow this host is. */
  wallSeconds: z.int().positive(),
  signs: ConsoleSigns,
});

export const BootVerdict = z.strictObject({
  artifact: OutputPath,
  bootable: z.boolean(),
  /** From the start to the last sign of being up, or to the failure, in the guest's time. */
  seconds: z.number().nonnegative(),
  /** From the start to the verdict, in the host's time. */
  wallSeconds: z.number().nonnegative().optional(),
  /** The recorded console, below the stage's output. */
  console: OutputPath,
  /** The picture of the screen (PNG) at the time of the verdict, where there was one to take. */
  screen: OutputPath.optional(),
  accelerator: z.enum(['kvm', 'tcg']),
});
export type BootVerdict = z.infer<typeof BootVerdict>;

export const BootData = z.strictObject({ verdicts: z.array(BootVerdict) });
/** Where the stage leaves its data in its output folder when it fails, for an image that did not boot has a verdict too. */
export const bootVerdictsFile = 'verdicts.json';

// --- the table -------------------------------------------------------------------------------------------------------

export const stageParams = {
  resolve: ResolveParams,
  download: DownloadParams,
  prepare: PrepareParams,
  compile: CompileParams,
  assemble: AssembleParams,
  package: PackageParams,
  boot: BootParams,
} as const satisfies Record<StageName, z.ZodType>;

export const stageData = {
  resolve: ResolveData,
  download: DownloadData,
  prepare: PrepareData,
  compile: CompileData,
  assemble: AssembleData,
  package: PackageData,
  boot: BootData,
} as const satisfies Record<StageName, z.ZodType>;

export type StageParams = { [Stage in StageName]: z.infer<(typeof stageParams)[Stage]> };
export type StageData = { [Stage in StageName]: z.infer<(typeof stageData)[Stage]> };
