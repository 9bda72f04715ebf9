/** compile: the kernel and its modules. */
import * as z from 'zod';
import type { StageContract } from '../contract.ts';
import { KernelForm } from '../kernel-form.ts';
import { SourceDate } from '../source-date.ts';
import { compileLayer } from './data.ts';

export const CompileParams = z.strictObject({ form: KernelForm, sourceDate: SourceDate });
export type CompileParams = z.infer<typeof CompileParams>;

export const compileContract = { ...compileLayer, params: CompileParams } as const satisfies StageContract;
