import * as z from 'zod';

export const VfatParams = z.strictObject({});
