import { defaultParts } from '../../definition/defaults.ts';
import type { PackagesGroup } from '../lock.ts';
import { isDefinition } from '../origin.ts';
import { defineStage, type StageFacts } from '../stage.ts';
import { kindOf } from '../workload.ts';
import { type BootParams, bootContract } from './contract.ts';

/** How long a boot may take, and be silent, in the guest's time; and in the host's, which may be busy and have no KVM. */
const times = { timeoutSeconds: 900, silenceSeconds: 240, wallSeconds: 3600 } as const;
/** The machine that images are booted on, unless their packages want more. */
const size = { memoryMiB: 1024, cpus: 1, display: false } as const;

export const bootStage = defineStage({
  contract: bootContract,
  image: 'boot-tester',
  after: ['package'],
  inputs: ['package'],
  traits: { kvm: true, heavy: true, console: true },
  limits: { timeout: '4h', memory: '3G', output: '1G' },
  guess: { outputBytes: 1 << 20, scratchBytes: 64 << 20 },
  result: 'verdicts',
  isIn: ({ boot }) => boot,
  // Each image that can boot is booted on each machine, one after the other.
  workload: ({ composition, signing }) => ({
    kind: kindOf(
      composition.bootLoader.use,
      ...machinesOf(composition, signing).map(({ use }) => use),
      ...composition.formats.map(({ use }) => use).sort(),
    ),
    amount: null,
  }),
  plan({ composition, signing, packages, timeFactor }) {
    const [machine = defaultParts.machine, ...others] = machinesOf(composition, signing);
    const words = composition.cmdline.filter(({ from }) => isDefinition(from)).map(({ word }) => word);
    return {
      params: {
        machine,
        ...(others.length > 0 ? { alsoOn: others } : {}),
        ...sizeFor(composition, packages),
        ...waiting(timeFactor),
        signs: composition.signs,
        ...(words.length > 0 ? { words } : {}),
      },
    };
  },
});

function machinesOf(composition: StageFacts['composition'], signing: StageFacts['signing']) {
  return signing?.bootsOn ?? composition.bootsOn;
}

/** The times of a boot, so many times the usual ones. */
function waiting(factor: number): Pick<BootParams, keyof typeof times> {
  const { timeoutSeconds, silenceSeconds, wallSeconds } = times;
  return {
    timeoutSeconds: timeoutSeconds * factor,
    silenceSeconds: silenceSeconds * factor,
    wallSeconds: wallSeconds * factor,
  };
}

/** The machine that has what every package in the image wants of it; without a lock nobody knows what is in it. */
function sizeFor(
  composition: StageFacts['composition'],
  packages: PackagesGroup | undefined,
): Pick<BootParams, keyof typeof size> {
  const present = new Set(packages?.packages.map(({ name }) => name));
  const wanted = composition.machine.filter((wish) => wish.packages.some((name) => present.has(name)));
  return {
    cpus: size.cpus,
    display: wanted.some(({ screen }) => screen),
    memoryMiB: Math.max(size.memoryMiB, ...wanted.flatMap(({ memoryMiB }) => memoryMiB ?? [])),
  };
}
