/** What a definition and its components add up to, as far as stages are asked for it: planning adds it up, stages read it. */
import type { SystemFile } from '../definition/definition.ts';
import type { PerMachine } from '../definition/per-machine.ts';
import type { ConsoleSigns } from './boot/contract.ts';
import type { ChosenPart } from './chosen-part.ts';
import type { ImageName } from './names.ts';
import type { Origin } from './origin.ts';
import type { PackageParams } from './package/contract.ts';
import type { WantedOption } from './prepare/contract.ts';

export interface Composed {
  kernelOptions: WantedOption[];
  /** Device trees to make with a kernel that is compiled, or to take from one that is finished, each once. */
  deviceTrees: { name: string; from: Origin }[];
  files: (SystemFile & { from: Origin })[];
  /** Those of them that are in place while the packages that components ask for are configured. */
  baseFiles: (SystemFile & { from: Origin })[];
  services: { enable: string[]; disable: string[] };
  perMachine: (PerMachine & { from: Origin })[];
  fstab: string[];
  /** Words of the kernel's command line, in their order; those of the definition come last. */
  cmdline: { word: string; from: Origin }[];
  bootModules: PackageParams['bootModules'];
  partitions: PackageParams['partitions'];
  /** The label of the partition that changes to the root file system go to; undefined where they stay in memory. */
  overlay: string | undefined;
  /** What makes a partition grow at boot; only where one does. */
  growth: ChosenPart | undefined;
  /** What labels files; only where the kernel decides by labels. */
  labels: ChosenPart | undefined;
  userland: ChosenPart;
  /** The log-in shell of users for whom the definition names none. */
  shell: string;
  init: ChosenPart;
  bootLoader: ChosenPart;
  initramfs: ChosenPart;
  /** What compiles the kernel, where that is not finished. */
  toolchain: ChosenPart;
  /** The stage image that has it. */
  toolchainImage: ImageName;
  formats: PackageParams['formats'];
  espFiles: PackageParams['espFiles'];
  signs: ConsoleSigns;
  /** Machines that the image is to boot on; none: the usual one. */
  bootsOn: ChosenPart[];
  /** What the machine that an image is tried on must have, by package. */
  machine: readonly { packages: readonly string[]; screen: boolean; memoryMiB?: number | undefined }[];
}
