/** The parameters of every initramfs part, and what planning has to know of each, without its code. */
import { DracutParams, dracutTraits } from './dracut/params.ts';
import { MinimalParams, minimalTraits } from './minimal/params.ts';

export const initramfsParams = { minimal: MinimalParams, dracut: DracutParams } as const;

export interface InitramfsTraits {
  /** The packages that it takes files from; `job.bootFile` finds these. `verity`: those that dm-verity takes besides. */
  bootPackages: { always: readonly string[]; verity: readonly string[] };
  /** It lays a layer above a root file system that is never written. */
  lays: boolean;
}

export const initramfsTraits = {
  minimal: minimalTraits,
  dracut: dracutTraits,
} as const satisfies Readonly<Record<keyof typeof initramfsParams, InitramfsTraits>>;
