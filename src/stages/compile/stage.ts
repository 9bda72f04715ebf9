import { defaultParts } from '../../definition/defaults.ts';
import { kernelImages } from '../kernel-images.ts';
import { kernelWorkload } from '../kernel-workload.ts';
import { defineStage } from '../stage.ts';
import { compileContract } from './contract.ts';

export const compileStage = defineStage({
  contract: compileContract,
  image: kernelImages.source,
  after: ['prepare'],
  inputs: ['prepare'],
  traits: { caches: ['kernel-trees'], heavy: true },
  limits: { timeout: '6h', memory: '8G', output: '16G' },
  guess: { outputBytes: 32 << 20, scratchBytes: 700 << 20 },
  result: 'layer',
  workload: kernelWorkload,
  plan({ composition, form, kernel }) {
    const image = kernelImages[form];
    if (!kernel) return { params: null, image };
    const { sourceDate } = kernel;
    if (form !== 'source') return { params: { form, sourceDate }, image };
    const { toolchain } = defaultParts;
    const deviceTrees = composition.deviceTrees.map(({ name }) => name);
    return { params: { form, toolchain, sourceDate, ...(deviceTrees.length > 0 ? { deviceTrees } : {}) }, image };
  },
});
