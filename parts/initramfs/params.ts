/** The parameters of every initramfs part, without its code. */
import { MinimalParams, minimalBootPackages } from './minimal/params.ts';

export const initramfsParams = { minimal: MinimalParams } as const;

/** The packages that each takes files from; `job.bootFile` finds these. */
export const initramfsBootPackages = { minimal: minimalBootPackages } as const satisfies Readonly<
  Record<keyof typeof initramfsParams, readonly string[]>
>;
