import * as z from 'zod';

export const VhdxParams = z.strictObject({});
