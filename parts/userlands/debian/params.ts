import * as z from 'zod';

export const DebianParams = z.strictObject({});
