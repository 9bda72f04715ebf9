import * as z from 'zod';

export const RepartParams = z.strictObject({});
