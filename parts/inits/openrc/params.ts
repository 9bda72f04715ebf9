import * as z from 'zod';

export const OpenrcParams = z.strictObject({});

export const openrcTraits = { userlands: ['debian'] } as const;
