/**
 * What a definition that does not say otherwise gets. This is the one file beside components and parts that names any of
 * them; it is data and nothing else.
 */

/** Components by the keys of a definition that choose them. */
export const defaultComponents = {
  kernelSource: 'debian',
  toolchain: 'gcc',
  init: 'systemd',
  filesystem: 'ext4',
  bootloader: 'systemd-boot',
  initramfs: 'minimal',
  security: 'none',
  userland: { base: 'debian', suite: 'trixie' },
  formats: ['raw'],
} as const;

/** What components did that were stored before they said which part does the work. */
export const earlierParts = {
  init: 'systemd',
  userland: 'debian',
  /** By whether the kernel came as source, or finished. */
  kernel: { source: 'debian-source', binary: 'debian-binary' },
} as const;

/** The userland that is searched: whoever looks for a package names only a suite. */
export const searchedUserland = 'debian';

/** Parts that no component chooses yet, as a request names them. */
export const defaultParts = {
  layout: { use: 'disk', params: {} },
  swap: { use: 'swap', params: {} },
  machine: { use: 'uefi', params: {} },
  toolchain: { use: 'gcc', params: {} },
  /** What is made besides where no format is one that the boot test can boot. */
  testedFormat: { use: 'raw', params: {} },
} as const;
