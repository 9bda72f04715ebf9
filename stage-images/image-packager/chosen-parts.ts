/** The parts that a request names, made of the parameters that stand with them. */
import type { BootLoader } from '../../parts/bootloaders/boot-loader.ts';
import { bootLoaders } from '../../parts/bootloaders/index.ts';
import { fileSystems } from '../../parts/filesystems/index.ts';
import { formats } from '../../parts/formats/index.ts';
import { asWritten, type WrittenFormat } from '../../parts/formats/packed.ts';
import type { Growth } from '../../parts/growth/growth.ts';
import { growths } from '../../parts/growth/index.ts';
import { initramfses } from '../../parts/initramfs/index.ts';
import type { Initramfs } from '../../parts/initramfs/initramfs.ts';
import { labelsParts } from '../../parts/labels/index.ts';
import type { Labels } from '../../parts/labels/labels.ts';
import { layouts } from '../../parts/layouts/index.ts';
import type { Layout, Partition } from '../../parts/layouts/layout.ts';
import { makePart } from '../../parts/part.ts';
import { defaultParts } from '../../src/definition/defaults.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import { StageFailure } from '../contract/failure.ts';

export interface ChosenParts {
  partitions: readonly Partition[];
  layout: Layout;
  bootLoader: BootLoader;
  /** Only where it is made here. */
  initramfs: Initramfs | undefined;
  /** Only where a partition is to grow. */
  growth: Growth | undefined;
  /** Only where the kernel decides by labels. */
  labels: Labels | undefined;
  /** Those that the definition asks for, and one that can be booted. */
  formats: readonly WrittenFormat[];
}

/** @throws StageFailure `part.unknown` for a name that this image has no part of; `image.same-file` for formats that would make one file. */
export function chosenParts(params: PackageParams): ChosenParts {
  return {
    partitions: params.partitions.map(({ fileSystem, ...partition }) => ({
      ...partition,
      fileSystem: { use: fileSystem.use, ...makePart('file system', fileSystems, fileSystem) },
    })),
    layout: makePart('layout', layouts, params.layout),
    bootLoader: makePart('boot loader', bootLoaders, params.bootLoader),
    initramfs: params.initramfs && makePart('initramfs', initramfses, params.initramfs),
    growth: params.growth && makePart('growth', growths, params.growth),
    labels: params.labels && makePart('labels', labelsParts, params.labels),
    formats: testable(
      distinct(
        params.formats.map(({ compress, ...format }) =>
          asWritten(makePart('format', formats, format)(params.compression), compress),
        ),
      ),
    ),
  };
}

/** Nothing is said to boot that has not: where no format can be tried, a disk of the same content is made that can. */
function testable(written: readonly WrittenFormat[]): readonly WrittenFormat[] {
  if (written.some(({ bootable, qemu }) => bootable && qemu !== null)) return written;
  return [...written, asWritten(makePart('format', formats, defaultParts.testedFormat)('none'))];
}

/** Files are called by their formats' endings. */
function distinct(written: readonly WrittenFormat[]): readonly WrittenFormat[] {
  const endings = written.map(({ extension }) => extension);
  const twice = endings.find((ending, index) => endings.indexOf(ending) < index);
  if (twice === undefined) return written;
  throw new StageFailure({
    code: 'image.same-file',
    message: `Two of the formats would make the same file, .${twice}.`,
    hint: 'Keep one of the two, or have one of them compressed otherwise, by `compress`.',
    details: [{ pointer: '/image/formats', message: `has two formats that make .${twice}` }],
  });
}
