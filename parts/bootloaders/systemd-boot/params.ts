import * as z from 'zod';

export const SystemdBootParams = z.strictObject({});
