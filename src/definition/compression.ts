/** What a finished file may be compressed with, whatever its format. */
export const compressions = ['none', 'zstd', 'gzip', 'xz'] as const;
export type Compression = (typeof compressions)[number];
