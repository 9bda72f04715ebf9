/** assemble: the root file system. */
import * as z from 'zod';
import { PerMachine } from '../../definition/per-machine.ts';
import { AptSource } from '../apt-source.ts';
import { AssembledFile } from '../assembled-file.ts';
import { ChosenPart } from '../chosen-part.ts';
import type { StageContract } from '../contract.ts';
import { KernelPackage } from '../kernel-package.ts';
import { LockedNative, LockedPackage } from '../locked-package.ts';
import { Origin } from '../origin.ts';
import { SourceDate } from '../source-date.ts';
import { assembleLayer } from './data.ts';

export const AssembledUser = z.strictObject({
  name: z.string(),
  passwordHash: z.string().nullable(),
  sshKeys: z.array(z.string()),
  groups: z.array(z.string()),
  shell: z.string(),
});

export const AssembleParams = z.strictObject({
  userland: ChosenPart,
  suite: z.string(),
  /** Those that base has installed come first. */
  packages: z.array(LockedPackage),
  /** The kernel that packages were resolved for; only where one of them depends on it. */
  kernel: KernelPackage.optional(),
  aptSources: z.array(AptSource),
  native: LockedNative.optional(),
  hostname: z.string(),
  timezone: z.string(),
  locale: z.string(),
  users: z.array(AssembledUser),
  files: z.array(AssembledFile),
  init: ChosenPart,
  services: z.strictObject({ enable: z.array(z.string()), disable: z.array(z.string()) }),
  /** Folders that fstab(5), which the packager writes, mounts something on. */
  mountPoints: z.array(z.string()),
  /** What each machine makes at first boot, beyond what packages are known for; where each was asked for. */
  perMachine: z.array(PerMachine.safeExtend({ from: Origin })).optional(),
  /** Files with random content that may be the same on every machine. */
  sharedFiles: z.array(z.string()).optional(),
  sourceDate: SourceDate,
});
export type AssembleParams = z.infer<typeof AssembleParams>;

export const assembleContract = { ...assembleLayer, params: AssembleParams } as const satisfies StageContract;
