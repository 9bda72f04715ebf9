import { fileOf } from '../locked.ts';
import { defineStage } from '../stage.ts';
import { downloadContract } from './contract.ts';

export const downloadStage = defineStage({
  contract: downloadContract,
  image: 'rootfs-assembler',
  after: ['resolve'],
  traits: { network: true, sources: 'write' },
  limits: { timeout: '1h', memory: '2G', output: '1G' },
  guess: { outputBytes: 300 << 20, scratchBytes: 0 },
  result: 'sources',
  plan({ kernel, packages }) {
    if (!kernel || !packages) return null;
    return {
      params: {
        sources: [...kernel.sources, ...packages.packages].map(fileOf),
        dates: [...new Set([packages.sourceDate, kernel.sourceDate])],
      },
    };
  },
});
