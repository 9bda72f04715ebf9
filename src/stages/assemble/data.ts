/** What assemble leaves, apart from its parameters: all that a stage which reads its layer has to know. */
import * as z from 'zod';
import { type LayerContract, OutputPath } from '../contract.ts';

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
  /** What its packages say of themselves, as PackageFactsFile; absent in layers of a time when that was not written down. */
  packages: OutputPath.optional(),
  /** Files that stay in the image although they vary; absent when there are none. */
  varying: z.array(VaryingFile).optional(),
});
export type AssembleData = z.infer<typeof AssembleData>;

export const assembleLayer = { stage: 'assemble', data: AssembleData } as const satisfies LayerContract;
