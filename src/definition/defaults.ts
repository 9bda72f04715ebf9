/**
 * What a definition that does not say otherwise gets. This is the one file beside components and parts that names any of
 * them; it is data and nothing else.
 */

/** Components by the keys of a definition that choose them. */
export const defaultComponents = {
  kernelSource: 'debian',
  init: 'systemd',
  filesystem: 'ext4',
  bootloader: 'systemd-boot',
  security: 'none',
  userland: { base: 'debian', suite: 'trixie' },
  formats: ['raw'],
} as const;

/** Parts that no component chooses yet. */
export const defaultParts = { layout: 'disk', initramfs: 'minimal' } as const;
