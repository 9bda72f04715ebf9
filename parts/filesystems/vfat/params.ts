import * as z from 'zod';

export const VfatParams = z.strictObject({});

export const vfatTraits = { readByUefi: true, writable: true, grows: false, keepsOwners: false } as const;
