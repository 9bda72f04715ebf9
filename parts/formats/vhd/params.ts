import * as z from 'zod';

export const VhdParams = z.strictObject({});
