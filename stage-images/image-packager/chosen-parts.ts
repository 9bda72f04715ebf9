/** The parts that a request names, made of the parameters that stand with them. */
import type { BootLoader } from '../../parts/bootloaders/boot-loader.ts';
import { bootLoaders } from '../../parts/bootloaders/index.ts';
import { fileSystems } from '../../parts/filesystems/index.ts';
import type { Format } from '../../parts/formats/format.ts';
import { formats } from '../../parts/formats/index.ts';
import { initramfses } from '../../parts/initramfs/index.ts';
import type { Initramfs } from '../../parts/initramfs/initramfs.ts';
import { layouts } from '../../parts/layouts/index.ts';
import type { Layout, Partition } from '../../parts/layouts/layout.ts';
import { makePart } from '../../parts/part.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';

export interface ChosenParts {
  partitions: readonly Partition[];
  layout: Layout;
  bootLoader: BootLoader;
  initramfs: Initramfs;
  /** One of each that the definition asks for. */
  formats: readonly Format[];
}

/** @throws StageFailure `part.unknown` for a name that this image has no part of. */
export function chosenParts(params: PackageParams): ChosenParts {
  return {
    partitions: params.partitions.map(({ fileSystem, ...partition }) => ({
      ...partition,
      fileSystem: { use: fileSystem.use, ...makePart('file system', fileSystems, fileSystem) },
    })),
    layout: makePart('layout', layouts, params.layout),
    bootLoader: makePart('boot loader', bootLoaders, params.bootLoader),
    initramfs: makePart('initramfs', initramfses, params.initramfs),
    formats: params.formats.map((format) => makePart('format', formats, format)(params.compression)),
  };
}
