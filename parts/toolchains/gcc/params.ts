import * as z from 'zod';

export const GccParams = z.strictObject({});
