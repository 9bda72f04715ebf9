import { locked } from '../locked.ts';
import { defineStage } from '../stage.ts';
import { kindOf } from '../workload.ts';
import { assembleCapabilities } from './capabilities.ts';
import { assembleContract } from './contract.ts';
import { mountPoints } from './mount-points.ts';

export const assembleStage = defineStage({
  contract: assembleContract,
  image: 'rootfs-assembler',
  after: ['base'],
  inputs: ['base'],
  traits: { sources: 'read', capabilities: assembleCapabilities, heavy: true },
  limits: { timeout: '1h', memory: '4G', output: '32G' },
  guess: { outputBytes: 256 << 20, scratchBytes: 300 << 20 },
  result: 'layer',
  // Unpacking and configuring packages is nearly all of it; those of the base are there, and take a tenth of the time.
  workload: ({ definition, composition, packages }) => ({
    kind: kindOf(composition.userland.use, definition.userland.suite, ...(packages?.base ? ['on a base'] : [])),
    amount: packages ? packages.packages.length - 0.9 * (packages.base?.packages ?? 0) : null,
  }),
  plan({ definition, composition, packages }) {
    if (!packages) return null;
    const { system } = definition;
    return {
      params: {
        userland: composition.userland,
        suite: definition.userland.suite,
        packages: packages.packages.map(locked),
        ...(packages.kernel ? { kernel: packages.kernel } : {}),
        aptSources: packages.aptSources,
        ...(packages.native ? { native: { ...packages.native, packages: packages.native.packages.map(locked) } } : {}),
        hostname: system.hostname ?? definition.name,
        timezone: system.timezone,
        locale: system.locale,
        users: system.users.map((user) => ({
          name: user.name,
          passwordHash: user.passwordHash ?? null,
          sshKeys: user.sshKeys,
          groups: user.sudo && user.name !== 'root' ? [...new Set([...user.groups, 'sudo'])] : user.groups,
          shell: user.shell ?? composition.shell,
        })),
        files: composition.files,
        init: composition.init,
        services: composition.services,
        mountPoints: mountPoints(composition.fstab),
        // Only where something is asked for: what is packed then has the key it always had.
        ...(composition.perMachine.length > 0 ? { perMachine: composition.perMachine } : {}),
        ...(system.sharedFiles.length > 0 ? { sharedFiles: system.sharedFiles } : {}),
        sourceDate: packages.sourceDate,
      },
    };
  },
});
