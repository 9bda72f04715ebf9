import { datesOf, locked } from '../locked.ts';
import { defineStage } from '../stage.ts';
import { kindOf } from '../workload.ts';
import { initramfsContract } from './contract.ts';
import { hasOwnStage } from './own-stage.ts';

export const initramfsStage = defineStage({
  contract: initramfsContract,
  image: 'image-packager',
  after: ['compile', 'assemble'],
  inputs: ['compile', 'assemble'],
  // systemd-sysusers(8) makes files that nobody may read, and cpio(1) packs them.
  traits: { sources: 'read', capabilities: ['DAC_OVERRIDE'], heavy: true },
  limits: { timeout: '1h', memory: '4G', output: '2G' },
  guess: { outputBytes: 32 << 20, scratchBytes: 1 << 30 },
  result: 'layer',
  isIn: ({ definition }) => hasOwnStage(definition),
  workload: ({ composition, packages }) => ({
    kind: kindOf(composition.initramfs.use),
    amount: packages?.packages.length ?? null,
  }),
  plan({ composition, kernel, packages, boot }) {
    if (!kernel || !packages || !boot) return null;
    const root = composition.partitions.find(({ role }) => role === 'root');
    if (!root) return null;
    return {
      params: {
        initramfs: composition.initramfs,
        root: { fileSystem: root.fileSystem, verity: root.verity !== undefined },
        bootModules: composition.bootModules,
        bootPackages: boot.packages.map(locked),
        sourceDate: Math.max(...datesOf({ kernel, packages, boot })),
      },
    };
  },
});
