/** package: kernel and root file system become disk images, with their papers. */
import * as z from 'zod';
import { compressions } from '../../definition/compression.ts';
import { MountPoint } from '../../definition/image-partitions.ts';
import { ImageSize } from '../../definition/image-size.ts';
import { oneLine } from '../../definition/text.ts';
import { AppliedPatch } from '../applied-patch.ts';
import { ChosenPart } from '../chosen-part.ts';
import type { StageContract } from '../contract.ts';
import { DeviceTree, mostDeviceTrees } from '../device-tree.ts';
import { KernelForm } from '../kernel-form.ts';
import { LockedKernelSource, LockedPackage, mostBootPackages } from '../locked-package.ts';
import { SigningCertificate } from '../signing.ts';
import { SourceDate } from '../source-date.ts';
import { packageLayer } from './data.ts';

/** A partition, what it is for, and how it is made; the layout knows what goes into which. */
export const PlannedPartition = z.strictObject({
  /** `esp`, `boot`, `root`; or another, which begins empty where it is mounted on no folder of the root file system. */
  role: z.string().regex(/^[a-z][a-z0-9-]{0,15}$/, 'must be a role such as esp, boot, root or data'),
  label: z.string().regex(/^[A-Za-z0-9_-]{1,11}$/),
  /** GPT type GUID (the Discoverable Partitions Specification). */
  typeGuid: z.guid(),
  fileSystem: ChosenPart,
  /** `auto`: what the content needs, with room to spare. */
  size: ImageSize,
  /** The type that an MBR has for it beside the GPT, for firmware that reads no GPT. */
  mbrType: z.int().min(1).max(0xed).optional(),
});

/** One that a definition asks for. */
export const AskedPartition = PlannedPartition.extend({
  /** It is filled with what the root file system has there, and mounted there. */
  mount: MountPoint.optional(),
  /** It takes the rest of the disk, and grows with it at boot. */
  grow: z.literal(true).optional(),
  asked: z.strictObject({ pointer: z.string(), size: z.string() }).optional(),
  /** Of the root: dm-verity checks it, by hashes in a partition of their own that follows it. */
  verity: z.strictObject({ label: PlannedPartition.shape.label, typeGuid: z.guid() }).optional(),
});

export type PlannedPartition = z.infer<typeof PlannedPartition>;
export type AskedPartition = z.infer<typeof AskedPartition>;

/** Text of a file on the ESP, in characters; most are a few lines for a boot loader. */
const mostEspFileText = 64 << 10;

/** A file of the ESP: its text (with {{title}}, {{release}} and {{cmdline}} filled in), or a copy of a file that a boot package brings. */
export const EspFile = z.union([
  z.strictObject({ path: oneLine, content: z.string().max(mostEspFileText) }),
  z.strictObject({ path: oneLine, copy: oneLine }),
]);

/** A format, and what the finished file is compressed with; absent: as the format has it under image.compression. */
export const ChosenFormat = ChosenPart.extend({ compress: z.enum(compressions).optional() });
export type ChosenFormat = z.infer<typeof ChosenFormat>;

export const PackageParams = z.strictObject({
  name: z.string(),
  version: z.string(),
  title: z.string(),
  size: ImageSize,
  layout: ChosenPart,
  formats: z.array(ChosenFormat),
  compression: z.enum(['none', 'zstd']),
  partitions: z.array(AskedPartition),
  /** The label of the partition that changes to the root file system go to; absent: memory, where it is never written itself. */
  overlay: PlannedPartition.shape.label.optional(),
  /** What makes a partition grow at boot; only where one does. */
  growth: ChosenPart.optional(),
  /** What labels files; only where the kernel decides by labels. */
  labels: ChosenPart.optional(),
  bootLoader: ChosenPart,
  /** That lie in the kernel's module folder, for the boot loader; absent: none. */
  deviceTrees: z.array(DeviceTree).min(1).max(mostDeviceTrees).optional(),
  /** Absent: it is what the stage `initramfs` has left. */
  initramfs: ChosenPart.optional(),
  /** What components add to the EFI system partition beside the boot loader's own files. */
  espFiles: z.array(EspFile),
  /** Lines of fstab(5), in which `{{label}}` stands for the PARTUUID of a partition. */
  fstab: z.array(z.string()),
  /** Words of components, without root=, which the packager adds. */
  cmdline: z.array(z.string()),
  /** Words that the definition adds to them. */
  addedCmdline: z.array(z.string()).optional(),
  /**
   * Drivers that must be there before the root file system can be mounted; an initramfs is made when any of them is a
   * module. The kernel must have those that are `needed` (the file system); the others are for hardware that may be absent.
   */
  bootModules: z.array(z.strictObject({ name: z.string(), needed: z.boolean() })),
  /** For the SBOM. */
  packages: z.array(LockedPackage),
  /** Boot files come from these, which are among the sources. The SBOM has those of which anything is in the image. */
  bootPackages: z.array(LockedPackage).max(mostBootPackages),
  kernel: z.strictObject({
    form: KernelForm,
    version: z.string(),
    sources: z.array(LockedKernelSource),
    /** What its source was changed by, for the SBOM. */
    patches: z.array(AppliedPatch).optional(),
  }),
  sourceDate: SourceDate,
  /** What programs that firmware starts are signed with; the run is given the private key besides. */
  secureBoot: SigningCertificate.optional(),
});
export type PackageParams = z.infer<typeof PackageParams>;

export const packageContract = { ...packageLayer, params: PackageParams } as const satisfies StageContract;
