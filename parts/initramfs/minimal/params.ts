import * as z from 'zod';

export const MinimalParams = z.strictObject({});

/** Its shell and its tools are one program. */
const bootPackages = ['busybox-static'] as const;

/** dmsetup(8), and the packages of the libraries that it is linked with. */
const verityPackages = [
  'dmsetup',
  'libc6',
  'libcap2',
  'libdevmapper1.02.1',
  'libpcre2-8-0',
  'libselinux1',
  'libudev1',
] as const;

export const minimalTraits = { bootPackages: { always: bootPackages, verity: verityPackages }, lays: true } as const;
