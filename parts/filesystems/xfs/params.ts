import * as z from 'zod';

export const XfsParams = z.strictObject({});

export const xfsTraits = { readByUefi: false, writable: true, grows: true, keepsOwners: true } as const;
