/** The parameters of every part, by kind and name: all that is known here of parts, and no code of theirs. */
import { bootLoaderParams } from '../../parts/bootloaders/params.ts';
import { checkParams } from '../../parts/checks/params.ts';
import { fileSystemParams } from '../../parts/filesystems/params.ts';
import { formatParams } from '../../parts/formats/params.ts';
import { growthParams } from '../../parts/growth/params.ts';
import { initramfsParams } from '../../parts/initramfs/params.ts';
import { initParams } from '../../parts/inits/params.ts';
import { labelsParams } from '../../parts/labels/params.ts';
import { machineParams } from '../../parts/machines/params.ts';
import { sourceParams } from '../../parts/sources/params.ts';
import { toolchainParams } from '../../parts/toolchains/params.ts';
import { userlandParams } from '../../parts/userlands/params.ts';

export const partParams = {
  bootloaders: bootLoaderParams,
  checks: checkParams,
  filesystems: fileSystemParams,
  formats: formatParams,
  growth: growthParams,
  initramfs: initramfsParams,
  inits: initParams,
  labels: labelsParams,
  machines: machineParams,
  sources: sourceParams,
  toolchains: toolchainParams,
  userlands: userlandParams,
} as const;
export type PartKind = keyof typeof partParams;
