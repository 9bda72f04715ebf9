import type { Capability } from '../capability.ts';

/** What assemble makes a root file system with. Its program asks whether it has them all: tools continue without a word. */
export const assembleCapabilities: readonly Capability[] = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'MKNOD',
  'SETGID',
  'SETUID',
  'SETFCAP',
  'SYS_CHROOT',
];
