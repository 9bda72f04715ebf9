import * as z from 'zod';

export const MinimalParams = z.strictObject({});

/** Its shell and its tools are one program. */
export const minimalBootPackages = ['busybox-static'] as const;
