import * as z from 'zod';

export const UefiParams = z.strictObject({});
