/** The parameters of every userland part, without its code: by these the catalog checks `params` of components. */
import { DebianParams, debianGroups } from './debian/params.ts';

/** Groups that every system of a part has, before any package adds its own. */
export const userlandGroups = { debian: debianGroups } as const;

export const userlandParams = { debian: DebianParams } as const;
