import * as z from 'zod';

export const SystemdCheckParams = z.strictObject({});
