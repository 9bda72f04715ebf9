import { locked } from '../locked.ts';
import { defineStage } from '../stage.ts';
import { prepareContract } from './contract.ts';

export const prepareStage = defineStage({
  contract: prepareContract,
  image: 'kernel-builder',
  after: ['download'],
  traits: { sources: 'read', heavy: true },
  limits: { timeout: '30m', memory: '4G', output: '16G' },
  guess: { outputBytes: 1_700 << 20, scratchBytes: 0 },
  result: 'layer',
  plan({ definition, composition, form, kernel }) {
    if (!kernel) return null;
    const wanted = {
      version: kernel.version,
      sources: kernel.sources.map(locked),
      options: composition.kernelOptions,
      sourceDate: kernel.sourceDate,
    };
    const { base } = definition.kernel.config;
    return { params: form === 'source' ? { form, base, ...wanted } : { form, ...wanted } };
  },
  kernelOptions: ({ options }) => options,
});
