import * as z from 'zod';

export const SystemdParams = z.strictObject({});
