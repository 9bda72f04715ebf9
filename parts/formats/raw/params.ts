import * as z from 'zod';

export const RawParams = z.strictObject({});
