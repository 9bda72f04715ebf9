import * as z from 'zod';

export const TarParams = z.strictObject({});
