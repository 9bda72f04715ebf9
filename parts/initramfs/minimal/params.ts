import * as z from 'zod';

export const MinimalParams = z.strictObject({});
