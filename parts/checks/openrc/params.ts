import * as z from 'zod';

export const OpenrcCheckParams = z.strictObject({});
