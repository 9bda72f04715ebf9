import { defineStage } from '../stage.ts';
import { resolveContract } from './contract.ts';

export const resolveStage = defineStage({
  contract: resolveContract,
  image: 'rootfs-assembler',
  after: [],
  traits: { network: true, sources: 'read' },
  limits: { timeout: '15m', memory: '2G', output: '1G' },
  guess: { outputBytes: 0, scratchBytes: 64 << 20 },
  result: 'lock',
  // What has to be resolved depends on the lock that is there, of which a plan knows only what answers: see `resolveParams`.
  plan: () => null,
});
