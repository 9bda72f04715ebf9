import type { Definition } from '../../definition/definition.ts';
import { datesOf, fileOf, sourcesOf } from '../locked.ts';
import { defineStage } from '../stage.ts';
import { downloadContract, type WantedFile } from './contract.ts';

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
  plan({ definition, kernel, packages, boot }) {
    if (!kernel || !packages || !boot) return null;
    const groups = { kernel, packages, boot };
    const pointers = pointersOf(definition);
    const sources = sourcesOf(groups).map((source): WantedFile => {
      const pointer = pointers.get(source.sha256);
      return { ...fileOf(source), ...(pointer === undefined ? {} : { pointer }) };
    });
    return { params: { sources, dates: datesOf(groups) } };
  },
});

/** Those that are in the store already are among them: which these are, planning does not know. */
function bytesOf(sources: readonly { sizeBytes: number }[]): number {
  return sources.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Where a definition names files itself, by their hashes. */
function pointersOf({ kernel }: Definition): Map<string, string> {
  return new Map(kernel.sha256 === undefined ? [] : [[kernel.sha256, '/kernel/sha256']]);
}
