/** compile: the kernel and its modules. */
import * as z from 'zod';
import { ChosenPart } from '../chosen-part.ts';
import type { StageContract } from '../contract.ts';
import { SourceDate } from '../source-date.ts';
import { compileLayer } from './data.ts';

export const CompileParams = z.discriminatedUnion('form', [
  z.strictObject({ form: z.literal('source'), toolchain: ChosenPart, sourceDate: SourceDate }),
  z.strictObject({ form: z.literal('binary'), sourceDate: SourceDate }),
]);
export type CompileParams = z.infer<typeof CompileParams>;

export const compileContract = { ...compileLayer, params: CompileParams } as const satisfies StageContract;
