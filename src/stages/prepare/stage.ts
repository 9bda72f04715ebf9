import * as z from 'zod';
import { type KernelConfig, OwnBase } from '../../definition/kernel-config.ts';
import { appliedPatches } from '../applied-patch.ts';
import { kernelImage, kernelImages } from '../kernel-images.ts';
import { kernelWorkload } from '../kernel-workload.ts';
import { locked } from '../locked.ts';
import { isDefinition, Origin, originText } from '../origin.ts';
import { defineStage } from '../stage.ts';
import { type KernelBase, prepareContract } from './contract.ts';

/** What parameters say of options, whichever version of LDF recorded them: `from` was a word. */
const RecordedOptions = z.looseObject({
  options: z.array(z.object({ symbol: z.string(), value: z.string(), from: z.union([Origin, z.string()]) })),
});

const optionsOfDefinition = 'kernel.config.options';

/** What stands in the definition's own kernel.config.options is the definition's, with no more said. */
function askedBy(from: Origin | string): string {
  if (typeof from === 'string') return from;
  return isDefinition(from) ? 'definition' : originText(from);
}

/** One that is not the source's own work is brought by it. */
function baseOf({ base }: KernelConfig): z.infer<typeof KernelBase> {
  return typeof base === 'string' ? (OwnBase.safeParse(base).data ?? 'source') : base;
}

export const prepareStage = defineStage({
  contract: prepareContract,
  image: kernelImages.source,
  after: ['download'],
  traits: { sources: 'read', heavy: true },
  limits: { timeout: '30m', memory: '4G', output: '16G' },
  guess: { outputBytes: 1_700 << 20, scratchBytes: 0 },
  result: 'layer',
  workload: kernelWorkload,
  configuration: 'config',
  plan({ definition, composition, moduleSigning, form, source, kernel }) {
    const { toolchain } = composition;
    const image = kernelImage(form, composition.toolchainImage);
    if (!kernel) return { params: null, image };
    const wanted = {
      source,
      version: kernel.version,
      sources: kernel.sources.map(locked),
      options: composition.kernelOptions,
      sourceDate: kernel.sourceDate,
    };
    if (form !== 'source') return { params: { form, ...wanted }, image };
    const { config, patches } = definition.kernel;
    const asked = {
      toolchain,
      base: baseOf(config),
      ...(moduleSigning ? { signedModules: true as const } : {}),
      ...(patches.length > 0 ? { patches: appliedPatches(patches) } : {}),
    };
    return { params: { form, ...asked, ...wanted }, image };
  },
  kernelOptions(recorded) {
    const read = RecordedOptions.safeParse(recorded);
    return read.success ? read.data.options.map(({ from, ...option }) => ({ ...option, from: askedBy(from) })) : null;
  },
  // Options are what the user wrote as kernel.config.options, and what components add to it.
  described(recorded) {
    const read = RecordedOptions.safeParse(recorded);
    if (!read.success) return recorded;
    const { options, ...rest } = read.data;
    return { ...rest, [optionsOfDefinition]: Object.fromEntries(options.map(({ symbol, value }) => [symbol, value])) };
  },
});
