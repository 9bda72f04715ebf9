/** Lists are asked for again and again: who has the newest answer gets 304 (RFC 9110, section 15.4.5). */
import type { MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import * as z from 'zod';

const lists: ReadonlySet<string> = new Set([
  '/v1/builds',
  '/v1/components',
  '/v1/distributions',
  '/v1/stage-images',
  '/v1/system',
]);

const weakly = etag({ weak: true });

/** Their ETags are weak: they name what an answer says, however it is compressed. */
export const tagLists: MiddlewareHandler = async (c, next) => {
  if (!lists.has(c.req.path)) return next();
  await weakly(c, async () => {
    await next();
    // Kept by the browser, and asked for again each time.
    if (c.res.ok) c.header('Cache-Control', 'private, no-cache');
  });
};

export const IfNoneMatch = z.object({
  'If-None-Match': z.string().max(1_000).optional().describe('ETags of answers that one has.'),
});

/** To be spread into the answers of a list. */
export const unchanged = { 304: { description: 'The answer of a given ETag is still the newest.' } };
