/** initramfs: what runs before the root file system is mounted, where programs of that file system make it. */
import * as z from 'zod';
import { ChosenPart } from '../chosen-part.ts';
import type { StageContract } from '../contract.ts';
import { LockedPackage, mostBootPackages } from '../locked-package.ts';
import { PackageParams } from '../package/contract.ts';
import { SourceDate } from '../source-date.ts';
import { initramfsLayer } from './data.ts';

export const InitramfsParams = z.strictObject({
  initramfs: ChosenPart,
  /** The file system of /, and whether dm-verity checks it. */
  root: z.strictObject({ fileSystem: ChosenPart, verity: z.boolean() }),
  bootModules: PackageParams.shape.bootModules,
  bootPackages: z.array(LockedPackage).max(mostBootPackages),
  sourceDate: SourceDate,
});
export type InitramfsParams = z.infer<typeof InitramfsParams>;

export const initramfsContract = { ...initramfsLayer, params: InitramfsParams } as const satisfies StageContract;
