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
  const none = {};
  return {
    partitions: params.partitions.map(({ fileSystem: use, ...partition }) => ({
      ...partition,
      fileSystem: { use, ...makePart('file system', fileSystems, { use, params: none }) },
    })),
    layout: makePart('layout', layouts, { use: 'disk', params: none }),
    bootLoader: makePart('boot loader', bootLoaders, { use: 'systemd-boot', params: none }),
    initramfs: makePart('initramfs', initramfses, { use: 'minimal', params: none }),
    formats: params.formats.map((use) => makePart('format', formats, { use, params: none })(params.compression)),
  };
}
