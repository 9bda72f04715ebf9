import * as z from 'zod';

export const BusyboxCheckParams = z.strictObject({});
