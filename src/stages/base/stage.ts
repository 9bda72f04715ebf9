import { assembleCapabilities } from '../assemble/capabilities.ts';
import { locked } from '../locked.ts';
import { defineStage } from '../stage.ts';
import { kindOf } from '../workload.ts';
import { baseContract } from './contract.ts';

export const baseStage = defineStage({
  contract: baseContract,
  image: 'rootfs-assembler',
  after: ['download'],
  traits: { sources: 'read', capabilities: assembleCapabilities, heavy: true },
  limits: { timeout: '1h', memory: '4G', output: '32G' },
  guess: { outputBytes: 256 << 20, scratchBytes: 300 << 20 },
  result: 'layer',
  workload: ({ definition, composition, packages }) => ({
    kind: kindOf(composition.userland.use, definition.userland.suite),
    amount: packages ? (packages.base?.packages ?? 0) : null,
  }),
  plan({ composition, packages }) {
    if (!packages) return null;
    const { userland } = composition;
    const { base, native } = packages;
    // The same of every definition, so that it is made once.
    if (!base) return { params: { userland, packages: [], files: [], sourceDate: 0 } };
    return {
      params: {
        userland,
        packages: packages.packages.slice(0, base.packages).map(locked),
        ...(native ? { native: { ...native, packages: native.packages.slice(0, base.native ?? 0).map(locked) } } : {}),
        files: composition.baseFiles,
        sourceDate: base.sourceDate,
      },
    };
  },
});
