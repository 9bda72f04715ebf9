/** The web UI: the files that Vite made, and its page for every address that a browser opens. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type MiddlewareHandler } from 'hono';
import { undefinedIfMissing } from '../../missing-file.ts';

/** Mantine sets styles on elements; xterm draws from blob: images. Nothing comes from elsewhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What is the API's own: an unknown path there is a problem document, also for a browser. */
const apiPaths = /^\/(v1|docs|openapi\.json|healthz|metrics)(\/|$)/;

/** @param folder what `npm run build` left of the web UI; without it, `/` says how to get it. */
export function webuiRoutes(folder: string): Hono {
  const app = new Hono();
  app.use('/assets/*', keepForEver, serveStatic({ root: folder, precompressed: true }));
  app.use('/icon.svg', serveStatic({ root: folder }));
  app.use('/start.js', serveStatic({ root: folder }));
  // Middleware, not a route for GET: what is wrong with another method of a path is for others to say.
  app.use('*', async (c, next) => {
    const forBrowser = c.req.method === 'GET' && c.req.header('accept')?.includes('text/html');
    if (!forBrowser || apiPaths.test(c.req.path)) return next();
    const page = await readFile(join(folder, 'index.html'), 'utf8').catch(undefinedIfMissing);
    if (page === undefined) return c.text('The web UI is not built: run `npm run build`.\n', 404);
    return c.html(page, 200, { 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' });
  });
  return app;
}

/** Their names change with their content. */
const keepForEver: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.ok) c.header('Cache-Control', 'public, max-age=31536000, immutable');
};
