/** The contracts of all stages. For the server: a stage image imports those of its own stages and inputs, one by one. */
import type * as z from 'zod';
import { assembleContract } from './assemble/contract.ts';
import { bootContract } from './boot/contract.ts';
import { compileContract } from './compile/contract.ts';
import type { StageContract } from './contract.ts';
import { downloadContract } from './download/contract.ts';
import type { StageName } from './names.ts';
import { packageContract } from './package/contract.ts';
import { prepareContract } from './prepare/contract.ts';
import { resolveContract } from './resolve/contract.ts';

export const stageContracts = {
  resolve: resolveContract,
  download: downloadContract,
  prepare: prepareContract,
  compile: compileContract,
  assemble: assembleContract,
  package: packageContract,
  boot: bootContract,
} as const satisfies { [Stage in StageName]: StageContract & { stage: Stage } };

export type StageParams = { [Stage in StageName]: z.infer<(typeof stageContracts)[Stage]['params']> };
export type StageData = { [Stage in StageName]: z.infer<(typeof stageContracts)[Stage]['data']> };
