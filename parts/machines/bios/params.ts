import * as z from 'zod';

export const BiosParams = z.strictObject({});
