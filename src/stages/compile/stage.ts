import { isRecord } from '../../is-record.ts';
import { kernelImage, kernelImages } from '../kernel-images.ts';
import { kernelWorkload } from '../kernel-workload.ts';
import { defineStage } from '../stage.ts';
import { compileContract } from './contract.ts';

/** What a definition calls what modules are signed with, of which the certificate's hash is told. */
const signedWith = 'signing.modules';

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
  described(recorded) {
    if (!isRecord(recorded) || !isRecord(recorded.moduleSigning)) return recorded;
    const { moduleSigning, ...rest } = recorded;
    return { ...rest, [signedWith]: moduleSigning.sha256 };
  },
  signsWith: (params) => (params.form === 'source' ? (params.moduleSigning?.sha256 ?? null) : null),
  plan({ composition, moduleSigning, form, kernel }) {
    const { toolchain } = composition;
    const image = kernelImage(form, composition.toolchainImage);
    if (!kernel) return { params: null, image };
    const { sourceDate } = kernel;
    const names = composition.deviceTrees.map(({ name }) => name);
    const deviceTrees = names.length > 0 ? { deviceTrees: names } : {};
    if (form !== 'source') return { params: { form, sourceDate, ...deviceTrees }, image };
    const signed = moduleSigning ? { moduleSigning } : {};
    return { params: { form, toolchain, sourceDate, ...deviceTrees, ...signed }, image };
  },
});
