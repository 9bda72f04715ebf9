import * as z from 'zod';

export const OpenrcParams = z.strictObject({});
