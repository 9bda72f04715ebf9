import * as z from 'zod';

export const Qcow2Params = z.strictObject({});
