import * as z from 'zod';

export const Ext4Params = z.strictObject({});

export const ext4Traits = { readByUefi: false, writable: true, grows: true, keepsOwners: true } as const;
