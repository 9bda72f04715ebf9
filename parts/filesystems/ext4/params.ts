import * as z from 'zod';

export const Ext4Params = z.strictObject({});
