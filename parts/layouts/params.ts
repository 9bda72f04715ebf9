/** The parameters of every layout part, without its code. */
import { DiskParams } from './disk/params.ts';

export const layoutParams = { disk: DiskParams } as const;
