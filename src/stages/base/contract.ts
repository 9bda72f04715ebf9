/** base: what components ask for, installed before anything that only the definition asks for. */
import * as z from 'zod';
import { AssembledFile } from '../assembled-file.ts';
import { ChosenPart } from '../chosen-part.ts';
import { type LayerContract, OutputPath, type StageContract } from '../contract.ts';
import { LockedNative, LockedPackage } from '../locked-package.ts';
import { SourceDate } from '../source-date.ts';

export const BaseParams = z.strictObject({
  userland: ChosenPart,
  /** None where the lock sets none apart: then there is nothing to do. */
  packages: z.array(LockedPackage),
  native: LockedNative.optional(),
  /** What is to be there before the packages are configured. */
  files: z.array(AssembledFile),
  sourceDate: SourceDate,
});
export type BaseParams = z.infer<typeof BaseParams>;

/** A file that was written while packages were configured. */
export const WrittenFile = z.strictObject({ path: z.string(), mode: z.int().nonnegative() });
export type WrittenFile = z.infer<typeof WrittenFile>;

export const BaseData = z.strictObject({
  /** The tar of the tree; null: nothing was installed. */
  root: OutputPath.nullable(),
  /** How many packages are installed in it. */
  packages: z.int().nonnegative(),
  /** Files written while they were configured of which nothing is known: assemble looks whether they are the same each time. */
  written: z.array(WrittenFile),
});
export type BaseData = z.infer<typeof BaseData>;

export const baseLayer = { stage: 'base', data: BaseData } as const satisfies LayerContract;
export const baseContract = { ...baseLayer, params: BaseParams } as const satisfies StageContract;
