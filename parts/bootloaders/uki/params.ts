import * as z from 'zod';

export const UkiParams = z.strictObject({});
