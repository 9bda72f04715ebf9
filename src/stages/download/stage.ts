import { datesOf, fileOf, sourcesOf } from '../locked.ts';
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
  workload: ({ kernel, packages, boot }) => ({
    kind: '',
    amount: kernel && packages && boot ? bytesOf(sourcesOf({ kernel, packages, boot })) : null,
  }),
  plan({ kernel, packages, boot }) {
    if (!kernel || !packages || !boot) return null;
    const groups = { kernel, packages, boot };
    return { params: { sources: sourcesOf(groups).map(fileOf), dates: datesOf(groups) } };
  },
});

/** Those that are in the store already are among them: which these are, planning does not know. */
function bytesOf(sources: readonly { sizeBytes: number }[]): number {
  return sources.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
