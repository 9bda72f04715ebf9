/** package: kernel and root file system become disk images, with their papers. */
import * as z from 'zod';
import { ImageSize } from '../../definition/image-size.ts';
import { oneLine } from '../../definition/text.ts';
import type { StageContract } from '../contract.ts';
import { KernelForm } from '../kernel-form.ts';
import { LockedPackage } from '../locked-package.ts';
import { SourceDate } from '../source-date.ts';
import { packageLayer } from './data.ts';

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

/** Text of a file on the ESP, in characters; most are a few lines for a boot loader. */
const mostEspFileText = 64 << 10;

/** A file of the ESP: its text (with {{title}}, {{release}} and {{cmdline}} filled in), or a copy out of the packager's image. */
export const EspFile = z.union([
  z.strictObject({ path: oneLine, content: z.string().max(mostEspFileText) }),
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
  sourceDate: SourceDate,
});
export type PackageParams = z.infer<typeof PackageParams>;

export const packageContract = { ...packageLayer, params: PackageParams } as const satisfies StageContract;
