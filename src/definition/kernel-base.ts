/** What every kernel source can make by itself, in place of a .config. */
export const ownBases = ['tiny', 'defconfig'] as const;
