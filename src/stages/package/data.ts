/** What package leaves, apart from its parameters: all that a stage which reads its layer has to know. */
import * as z from 'zod';
import { type LayerContract, OutputPath } from '../contract.ts';

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
export type PackageData = z.infer<typeof PackageData>;

export const packageLayer = { stage: 'package', data: PackageData } as const satisfies LayerContract;
