/**
 * A component: one declarative file in components/<kind>/<name>.yaml that says what it provides, requires and conflicts
 * with, and what it contributes to a distribution. docs/adding-a-component.md walks through one.
 */
import * as z from 'zod';
import { architectures } from '../architecture.ts';
import { Architecture } from '../definition/architecture.ts';
import { boundedRecord, bounds } from '../definition/bounds.ts';
import { KernelWord } from '../definition/command-line.ts';
import { SystemFile } from '../definition/definition.ts';
import { MountOption, mostMountOptions } from '../definition/image-partitions.ts';
import { anySeries } from '../definition/kernel-series.ts';
import { KernelSymbol } from '../definition/kernel-symbol.ts';
import { componentName, hyphenatedName } from '../definition/names.ts';
import { PackageName } from '../definition/package-name.ts';
import { PerMachine } from '../definition/per-machine.ts';
import { oneLine } from '../definition/text.ts';
import { ArchiveComponent, mostArchiveComponents } from '../stages/apt-source.ts';
import { ConsoleSigns } from '../stages/boot/contract.ts';
import { PartName, PartParams } from '../stages/chosen-part.ts';
import { DeviceTree, mostDeviceTrees } from '../stages/device-tree.ts';
import { mostBootPackages } from '../stages/locked-package.ts';
import { EspFile, PlannedPartition } from '../stages/package/contract.ts';
import { mostMachines } from '../stages/package/data.ts';
import { checkedParts } from './component-parts.ts';

/** `platform` holds firmware and hardware support, drawn in by requirement; every other kind is chosen by a key of the definition. */
export const componentKinds = [
  'kernel',
  'init',
  'filesystem',
  'bootloader',
  'initramfs',
  'security',
  'userland',
  'format',
  'toolchain',
  'platform',
] as const;
export const ComponentKind = z.enum(componentKinds);
export type ComponentKind = z.infer<typeof ComponentKind>;

/** Something a component provides and another may require: `root-filesystem`, `firmware:uefi`. */
export const Provision = z
  .string()
  .max(128)
  .regex(/^[a-z0-9-]+(:[a-z0-9.-]+)?$/, 'must be a provision such as root-filesystem or <kind>:<name>');

/** y, m, n, `y|m` (built in, but a module will do), a number or a string's text. */
const OptionValue = z.union([z.string().max(2048), z.int()]);

const Options = boundedRecord(KernelSymbol, OptionValue, bounds.kernelOptions);

/** Names, words or lines of one sort. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).max(bounds.contributed).default([]);
}

const MountOptions = z.array(MountOption).max(mostMountOptions).default([]);

/** A part's name stands for the part without parameters. */
const NamedPart = z.union([PartName, z.strictObject({ use: PartName, params: PartParams.default({}) })]);

/** As a component of kind filesystem or another writes it. */
const WrittenPartition = PlannedPartition.extend({
  /** GPT type GUID. Default: what the layout has for such a role and architecture. */
  typeGuid: PlannedPartition.shape.typeGuid.optional(),
  /** Default, in a component of kind filesystem: its own part. */
  fileSystem: NamedPart.optional(),
});

const Contributions = z.strictObject({
  kernel: z
    .strictObject({
      /** What the component cannot work without. A definition that says otherwise is refused. */
      options: Options.default({}),
      /** Good defaults, which the definition may override. */
      defaults: Options.default({}),
      /** Wishes that may be absent from a version; reported when they do not hold. */
      optional: Options.default({}),
      /** Device trees of the kernel's, such as broadcom/bcm2711-rpi-4-b.dtb: they lie in its module folder, below dtb, and boot loaders get them. */
      deviceTrees: z.array(DeviceTree).max(mostDeviceTrees).default([]),
      /** Words of the kernel command line. */
      cmdline: listOf(KernelWord),
      /** Characters that a boot loader cannot hand over to the kernel: no word of a definition may have them. */
      cmdlineExcludes: listOf(z.string().length(1)),
    })
    .prefault({}),
  /** Packages to install; a trailing `-` keeps one out. */
  packages: listOf(PackageName),
  /**
   * Packages that a running system is better for, though nothing depends on them: left out where the suite does not have
   * them, or where they exclude something that is asked for.
   */
  recommends: listOf(PackageName),
  /** Packages that files of the boot come from, such as a boot loader's: they are unpacked where images are packaged, never run. */
  bootPackages: z.array(PackageName).max(mostBootPackages).default([]),
  /** Parts of a suite's archive, such as non-free-firmware, that packages come from beside those where all packages do. */
  archiveComponents: z.array(ArchiveComponent).max(mostArchiveComponents).default([]),
  files: listOf(SystemFile),
  services: z.strictObject({ enable: listOf(oneLine), disable: listOf(oneLine) }).prefault({}),
  /** Files that each machine makes at first boot, as a definition has them under `system.perMachine`. */
  perMachine: listOf(PerMachine),
  /** Lines of fstab(5), such as `PARTUUID={{root}} / ext4 defaults 0 1`: `{{label}}` is the PARTUUID of a partition. */
  fstab: listOf(oneLine),
  initramfs: z
    .strictObject({
      /** Modules that must be in before the root file system can be mounted, when the kernel has them as modules. */
      needed: listOf(oneLine),
      /** The same for hardware that a machine may or may not have. */
      modules: listOf(oneLine),
    })
    .prefault({}),
  partitions: z.array(WrittenPartition).max(bounds.partitions).default([]),
  /** Files of the EFI system partition beside those of the boot loader. */
  boot: z.strictObject({ esp: listOf(EspFile) }).prefault({}),
  /** What the serial console says when the boot went well or badly. */
  console: ConsoleSigns.extend({
    up: ConsoleSigns.shape.up.default([]),
    down: ConsoleSigns.shape.down.default([]),
    check: NamedPart.optional(),
  }).prefault({}),
  /** What labels the files of the image, for a kernel that decides by labels; of one component alone. */
  labels: NamedPart.optional(),
  /** Machines that the image is to boot on: it is tried on each of them that any component names. */
  bootsOn: z.array(NamedPart).max(mostMachines).default([]),
  /** What the machine that an image is tried on must have where any of these packages is in the image. */
  machine: z
    .array(
      z.strictObject({
        packages: z.array(PackageName).min(1).max(200),
        /** A screen, of which a picture is kept. */
        screen: z.boolean().default(false),
        memoryMiB: z.int().min(128).max(65_536).optional(),
      }),
    )
    .max(50)
    .default([]),
});
export type WrittenContributions = z.infer<typeof Contributions>;

/** A series of kernels, and where it comes from. */
const KernelSeries = z.strictObject({
  series: z.union(
    [z.string().regex(/^[0-9]{1,4}\.[0-9]{1,4}$/), z.literal(anySeries)],
    `must be a series such as "6.12", or ${anySeries}`,
  ),
  /** The part that it comes from; by default that of the component. */
  use: PartName.optional(),
  /** Settings of the implementation, beyond what the component says for all series. A value may be one for each architecture. */
  params: PartParams.default({}),
  /** Configurations that the source brings, by the names that a definition has for them: what it is told besides to bring one. */
  bases: boundedRecord(hyphenatedName, PartParams, bounds.offered).optional(),
});
export type WrittenSeries = z.infer<typeof KernelSeries>;

/** What components of every kind have. */
const common = {
  name: componentName,
  title: z.string().max(80),
  summary: z.string().max(bounds.sentenceLength),
  arch: z
    .array(Architecture)
    .min(1)
    .max(architectures.length)
    .default([...architectures]),
  provides: z.array(Provision).max(bounds.provisions).default([]),
  /** Each is a provision, or a list of alternatives of which the first that fits is taken. */
  requires: z
    .array(z.union([Provision, z.array(Provision).min(1).max(bounds.alternatives)]))
    .max(bounds.provisions)
    .default([]),
  /** Provisions that must not be there. */
  conflicts: z.array(Provision).max(bounds.provisions).default([]),
  contributes: Contributions.prefault({}),
  /** More contributions for one architecture. */
  perArch: z.partialRecord(Architecture, Contributions).default({}),
};

/** The code that does the work: a part of a stage image (parts/<kind>/<use>), and what it is asked for, by its own schema. */
const part = { use: PartName, params: PartParams.default({}) };

const AnyComponent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('kernel'),
    ...common,
    ...part,
    /** What it offers, newest series first; `any` stands for all others, and last. */
    kernelSeries: z.array(KernelSeries).min(1).max(bounds.offered),
  }),
  z.strictObject({
    kind: z.literal('init'),
    ...common,
    ...part,
    /** What makes a partition and its file system grow at boot. Absent: nothing does. */
    growth: z
      .strictObject({
        ...part,
        /** Packages that it is in, where the suite has it in one of its own. */
        recommends: listOf(PackageName),
        /** What fstab(5) says of a file system that is to grow. */
        mountOptions: MountOptions,
      })
      .optional(),
  }),
  z.strictObject({
    kind: z.literal('filesystem'),
    ...common,
    ...part,
    /**
     * How it is made and mounted in a partition that does not hold the root: no more than kernel options and packages is taken of
     * `contributes` then. Absent: it holds the root alone.
     */
    mounted: z
      .strictObject({
        /** Default: those of the root file system. */
        params: PartParams.optional(),
        options: MountOptions,
        /** When fsck(8) looks at it: 0 not at all, 2 after the root. */
        fsckPass: z.int().min(0).max(2).default(0),
      })
      .optional(),
  }),
  z.strictObject({ kind: z.literal('bootloader'), ...common, ...part }),
  z.strictObject({ kind: z.literal('initramfs'), ...common, ...part }),
  z.strictObject({ kind: z.literal('toolchain'), ...common, ...part }),
  z.strictObject({ kind: z.literal('security'), ...common }),
  z.strictObject({
    kind: z.literal('userland'),
    ...common,
    ...part,
    /** The suites it offers. */
    suites: z.array(hyphenatedName).max(bounds.offered),
    /** Packages that a key of the definition brings in when it is not at its default. */
    onDemand: z
      .strictObject({
        locale: listOf(PackageName),
        timezone: listOf(PackageName),
        sudo: listOf(PackageName),
      })
      .prefault({}),
  }),
  z.strictObject({ kind: z.literal('format'), ...common, ...part }),
  z.strictObject({
    kind: z.literal('platform'),
    ...common,
    /** It is a machine that an image may be for: a definition names it under `platform`. Absent: hardware that machines have. */
    target: z
      .strictObject({
        /** Where its firmware starts nothing but this: the component of kind bootloader that a definition gets which names none. */
        bootloader: componentName.optional(),
      })
      .optional(),
  }),
]);
export type WrittenComponent = z.infer<typeof AnyComponent>;

const anything = z.unknown().optional();
/** What can be said of one whose kind is none: that, and whatever is wrong with what all kinds have. */
export const ComponentOfNoKind = z.strictObject({
  kind: ComponentKind,
  ...common,
  ...{
    use: anything,
    params: anything,
    kernelSeries: anything,
    suites: anything,
    onDemand: anything,
    target: anything,
  },
});

/** With the parameters of the parts that it names checked by these parts' own schemas. */
export const Component = AnyComponent.transform(checkedParts);
/** A component with every default filled in, those of its part's parameters included. */
export type Component = z.infer<typeof Component>;
export type ComponentOf<Kind extends ComponentKind> = Extract<Component, { kind: Kind }>;
export type Contributions = Component['contributes'];
