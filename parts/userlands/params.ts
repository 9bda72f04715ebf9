/** The parameters of every userland part, without its code: by these the catalog checks `params` of components. */
import { DebianParams } from './debian/params.ts';

export const userlandParams = { debian: DebianParams } as const;
