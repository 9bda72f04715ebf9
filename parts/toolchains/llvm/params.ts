import * as z from 'zod';

export const LlvmParams = z.strictObject({});
