/** A bound for all request bodies that are in memory at one time. */
import type { MiddlewareHandler } from 'hono';
import { LdfError } from '../errors.ts';

/**
 * Room is set aside before a body is read and given back with the answer. A body that does not tell its length counts
 * as `largestBytes`; the limit of a single body is for others to keep.
 * @throws LdfError `server.busy` when there is no room.
 */
export function boundHeldBodies(maxBytes: number, largestBytes: number): MiddlewareHandler {
  let heldBytes = 0;
  return async (c, next) => {
    if (!c.req.raw.body) return next();
    const stated = Number(c.req.header('content-length') ?? largestBytes);
    const bytes = stated >= 0 ? Math.min(stated, largestBytes) : largestBytes;
    if (heldBytes + bytes > maxBytes)
      throw new LdfError('server.busy', 'Too many large requests are being read at this time.', {
        hint: 'Send it again in a few seconds.',
      });
    heldBytes += bytes;
    try {
      await next();
    } finally {
      heldBytes -= bytes;
    }
  };
}
