/** The parameters of every initramfs part, without its code. */
import { MinimalParams } from './minimal/params.ts';

export const initramfsParams = { minimal: MinimalParams } as const;
