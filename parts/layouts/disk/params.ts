import * as z from 'zod';

export const DiskParams = z.strictObject({});
