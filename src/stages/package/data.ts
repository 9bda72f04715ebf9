/** What package leaves, apart from its parameters: all that a stage which reads its layer has to know. */
import * as z from 'zod';
import { ArtifactFacts } from '../artifact-facts.ts';
import { ChosenPart } from '../chosen-part.ts';
import { type LayerContract, OutputPath } from '../contract.ts';
import { earlierFacts, earlierQemu } from './earlier-artifacts.ts';

/** How QEMU reads an image: the name of its block driver, behind a compression that has to be undone first. */
export const QemuDisk = z.strictObject({
  driver: z.string().regex(/^[a-z0-9-]{1,31}$/),
  packed: z.enum(['zstd', 'gzip', 'xz']).nullable(),
});
export type QemuDisk = z.infer<typeof QemuDisk>;

/** Machines that one image is tried on. */
export const mostMachines = 8;

export const PackagedArtifact = ArtifactFacts.extend({
  path: OutputPath,
  /** null for what QEMU cannot read. */
  qemu: QemuDisk.nullable(),
  /** The machines that it is to start on; absent: those that components name. */
  machines: z.array(ChosenPart).min(1).max(mostMachines).optional(),
});
export type PackagedArtifact = z.infer<typeof PackagedArtifact>;

/** As it stands in layers of a time when artifacts did not say what they are. */
const EarlierArtifact = z
  .strictObject({
    path: OutputPath,
    format: z.enum(['raw', 'raw.zst', 'qcow2', 'sbom', 'checksums']),
    bootable: z.boolean(),
  })
  .transform(
    ({ path, format, bootable }): PackagedArtifact => ({
      ...earlierFacts(format),
      ...{ path, bootable, qemu: earlierQemu(format) },
    }),
  );

export const PackageData = z.strictObject({
  artifacts: z.array(z.union([PackagedArtifact, EarlierArtifact])),
  initramfs: z.boolean(),
  /** null where no format is of the disk, and so none was made. */
  diskBytes: z.int().positive().nullable(),
});
export type PackageData = z.infer<typeof PackageData>;

export const packageLayer = { stage: 'package', data: PackageData } as const satisfies LayerContract;
