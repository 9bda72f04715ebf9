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
  workload: ({ kernel, packages, boot, patches }) => ({
    kind: '',
    amount: kernel && packages && boot && patches ? bytesOf(sourcesOf({ kernel, packages, boot, patches })) : null,
  }),
  plan({ definition, kernel, packages, boot, patches }) {
    if (!kernel || !packages || !boot || !patches) return null;
    const groups = { kernel, packages, boot, patches };
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
  const patches = kernel.patches.flatMap(({ sha256 }, index) =>
    sha256 === undefined ? [] : [[sha256, `/kernel/patches/${index}/sha256`] as const],
  );
  return new Map([...(kernel.sha256 === undefined ? [] : [[kernel.sha256, '/kernel/sha256'] as const]), ...patches]);
}
