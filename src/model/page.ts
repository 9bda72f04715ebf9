/** A page of a list. */
import * as z from 'zod';

export function page<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    unreadable: z
      .array(z.strictObject({ id: z.string(), why: z.string() }))
      .optional()
      .describe('What belongs into this page and cannot be read by this version; absent when there is none.'),
  });
}
