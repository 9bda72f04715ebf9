/** What initramfs leaves, apart from its parameters: all that a stage which reads its layer has to know. */
import * as z from 'zod';
import { type LayerContract, OutputPath } from '../contract.ts';

export const InitramfsData = z.strictObject({
  /** null: the kernel mounts its root by itself. */
  initramfs: OutputPath.nullable(),
  /** The paths of files of boot packages that are in it. */
  bootFiles: z.array(z.string()),
});
export type InitramfsData = z.infer<typeof InitramfsData>;

export const initramfsLayer = { stage: 'initramfs', data: InitramfsData } as const satisfies LayerContract;
