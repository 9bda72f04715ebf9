/** The stages, in their order. This is the only place where they are listed: everything else follows from the list. */
import { assembleStage } from './assemble/stage.ts';
import { baseStage } from './base/stage.ts';
import { bootStage } from './boot/stage.ts';
import { compileStage } from './compile/stage.ts';
import { downloadStage } from './download/stage.ts';
import { initramfsStage } from './initramfs/stage.ts';
import { packageStage } from './package/stage.ts';
import { prepareStage } from './prepare/stage.ts';
import { resolveStage } from './resolve/stage.ts';
import type { Stage } from './stage.ts';

export const stages: readonly Stage[] = [
  resolveStage,
  downloadStage,
  prepareStage,
  compileStage,
  baseStage,
  assembleStage,
  initramfsStage,
  packageStage,
  bootStage,
];
