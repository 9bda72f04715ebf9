/** prepare: a kernel's sources and the configuration it is to have, proven to hold what is wanted. */
import * as z from 'zod';
import { ownBases } from '../../definition/kernel-base.ts';
import { mostPatches } from '../../definition/kernel-patch.ts';
import { KernelSymbol } from '../../definition/kernel-symbol.ts';
import { AppliedPatch } from '../applied-patch.ts';
import { ChosenPart } from '../chosen-part.ts';
import { Sha256, type StageContract } from '../contract.ts';
import { LockedKernelSource } from '../locked-package.ts';
import { Origin } from '../origin.ts';
import { SourceDate } from '../source-date.ts';

/** One wanted kernel option: its value, how much it is wanted, and by whom. */
export const WantedOption = z.strictObject({
  symbol: KernelSymbol,
  /** As in .config: y, m, n, a number, or a string's text without its quotes. */
  value: z.string(),
  /** y|m: a module will do where built-in was asked for. */
  orModule: z.boolean(),
  /**
   * `required`: the kernel is not made without it. `default`, of a component: it may fail to hold where the definition is the
   * cause, by an option (a choice, a dependency) or by its choice of a finished kernel. `optional`, of a component: it may fail
   * to hold (absent in this version), which is reported.
   */
  strength: z.enum(['required', 'default', 'optional']),
  from: Origin,
});
export type WantedOption = z.infer<typeof WantedOption>;

/** `source`: the one that the source brings, as its parameters say. */
export const KernelBase = z.union([z.enum([...ownBases, 'source']), z.strictObject({ content: z.string() })]);

const WantedKernel = z.strictObject({
  /** The part that reads its files. */
  source: ChosenPart,
  version: z.string(),
  sources: z.array(LockedKernelSource),
  options: z.array(WantedOption),
  sourceDate: SourceDate,
});

/** Of a kernel that is compiled. */
const SourceParams = WantedKernel.extend({
  form: z.literal('source'),
  toolchain: ChosenPart,
  base: KernelBase,
  /** Whether modules are to be signed, with a key whose certificate the kernel is then compiled with. */
  signedModules: z.literal(true).optional(),
  /** In the order in which they are applied; absent: none. */
  patches: z.array(AppliedPatch).min(1).max(mostPatches).optional(),
});
/** Of a kernel that is finished. */
const FinishedParams = WantedKernel.extend({ form: z.literal('binary') });
export const PrepareParams = z.discriminatedUnion('form', [SourceParams, FinishedParams]);
export type PrepareParams = z.infer<typeof PrepareParams>;
export type PrepareSourceParams = z.infer<typeof SourceParams>;
export type PrepareFinishedParams = z.infer<typeof FinishedParams>;
export const PrepareData = z.strictObject({
  /** What `uname -r` will say, such as 6.12.57-gw: the name of the module folder. */
  release: z.string(),
  /** Of the package that the kernel, as source or as binary, came from; of that and the patches, where there are any. */
  sourceSha256: Sha256,
  /** Options that are on, built in or as module. */
  builtIn: z.int().nonnegative(),
  modules: z.int().nonnegative(),
  /** Optional wishes that did not hold, with the reason. */
  notHeld: z.array(z.strictObject({ symbol: KernelSymbol, reason: z.string() })),
});
export type PrepareData = z.infer<typeof PrepareData>;

export const prepareContract = {
  stage: 'prepare',
  params: PrepareParams,
  data: PrepareData,
} as const satisfies StageContract;

/** What each of the two images that do it takes. */
export const prepareSourceContract = { ...prepareContract, params: SourceParams } as const satisfies StageContract;
export const prepareFinishedContract = { ...prepareContract, params: FinishedParams } as const satisfies StageContract;
