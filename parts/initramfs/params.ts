/** The parameters of every initramfs part, without its code. */
import { MinimalParams, minimalBootPackages, minimalVerityPackages } from './minimal/params.ts';

export const initramfsParams = { minimal: MinimalParams } as const;

/** The packages that each takes files from; `job.bootFile` finds these. `verity`: for a root file system that dm-verity checks. */
export const initramfsBootPackages = {
  minimal: { always: minimalBootPackages, verity: minimalVerityPackages },
} as const satisfies Readonly<
  Record<keyof typeof initramfsParams, { always: readonly string[]; verity: readonly string[] }>
>;
