import * as z from 'zod';
import { defaultParts } from '../../definition/defaults.ts';
import { kernelImages } from '../kernel-images.ts';
import { locked } from '../locked.ts';
import { defineStage } from '../stage.ts';
import { prepareContract, WantedOption } from './contract.ts';

/** What parameters say of options, whichever version of LDF recorded them. */
const RecordedOptions = z.object({ options: z.array(WantedOption) });

export const prepareStage = defineStage({
  contract: prepareContract,
  image: kernelImages.source,
  after: ['download'],
  traits: { sources: 'read', heavy: true },
  limits: { timeout: '30m', memory: '4G', output: '16G' },
  guess: { outputBytes: 1_700 << 20, scratchBytes: 0 },
  result: 'layer',
  plan({ definition, composition, form, source, kernel }) {
    const image = kernelImages[form];
    if (!kernel) return { params: null, image };
    const wanted = {
      source,
      version: kernel.version,
      sources: kernel.sources.map(locked),
      options: composition.kernelOptions,
      sourceDate: kernel.sourceDate,
    };
    const { toolchain } = defaultParts;
    const { base } = definition.kernel.config;
    return { params: form === 'source' ? { form, toolchain, base, ...wanted } : { form, ...wanted }, image };
  },
  kernelOptions(recorded) {
    const read = RecordedOptions.safeParse(recorded);
    return read.success ? read.data.options : null;
  },
});
