import * as z from 'zod';

export const SystemdParams = z.strictObject({});

export const systemdTraits = { userlands: ['debian'] } as const;
