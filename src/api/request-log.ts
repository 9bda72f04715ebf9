/** One line in the log for each request: what was asked, how it ended, how long that took. */
import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';

/** Asked every few seconds by machines: worth a line only when they fail. */
const quietPaths = ['/healthz', '/metrics'];

export function requestLog(log: Logger): MiddlewareHandler {
  return async (c, next) => {
    const startedAt = performance.now();
    await next();
    const { status } = c.res;
    const line = { method: c.req.method, path: c.req.path, status, ms: Math.round(performance.now() - startedAt) };
    // 503: what this server needs is away, Docker say; whoever asked was told so.
    if (status === 503) log.warn(line, 'request');
    else if (status >= 500) log.error(line, 'request');
    else if (quietPaths.includes(c.req.path)) log.debug(line, 'request');
    else log.info(line, 'request');
  };
}
