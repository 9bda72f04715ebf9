/** compile: the kernel and its modules. */
import * as z from 'zod';
import { ChosenPart } from '../chosen-part.ts';
import type { StageContract } from '../contract.ts';
import { DeviceTree, mostDeviceTrees } from '../device-tree.ts';
import { SigningCertificate } from '../signing.ts';
import { SourceDate } from '../source-date.ts';
import { compileLayer } from './data.ts';

const DeviceTrees = z.array(DeviceTree).min(1).max(mostDeviceTrees);

/** Of a kernel that is compiled. */
const SourceParams = z.strictObject({
  form: z.literal('source'),
  toolchain: ChosenPart,
  sourceDate: SourceDate,
  /** Made beside the modules; absent: none. */
  deviceTrees: DeviceTrees.optional(),
  /** What modules are signed for; absent: they are not. */
  moduleSigning: SigningCertificate.optional(),
});
/** Of a kernel that is finished. */
const FinishedParams = z.strictObject({
  form: z.literal('binary'),
  sourceDate: SourceDate,
  /** Taken from its package, to lie beside the modules; absent: none. */
  deviceTrees: DeviceTrees.optional(),
});
export const CompileParams = z.discriminatedUnion('form', [SourceParams, FinishedParams]);
export type CompileParams = z.infer<typeof CompileParams>;
export type CompileSourceParams = z.infer<typeof SourceParams>;
export type CompileFinishedParams = z.infer<typeof FinishedParams>;

export const compileContract = { ...compileLayer, params: CompileParams } as const satisfies StageContract;

/** What each of the two images that do it takes. */
export const compileSourceContract = { ...compileLayer, params: SourceParams } as const satisfies StageContract;
export const compileFinishedContract = { ...compileLayer, params: FinishedParams } as const satisfies StageContract;
