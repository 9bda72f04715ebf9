/** The web UI: the files that Vite made, and its page for every address that a browser opens. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { undefinedIfMissing } from '../../missing-file.ts';
import type { AccessTable } from '../route.ts';

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
const apiPaths = /^\/(v1|openapi\.json|healthz|metrics)(\/|$)/;

/** @param folder what `npm run build` left of the web UI; without it, `/` says how to get it. */
export function webuiRoutes(folder: string, table: AccessTable): Hono {
  const app = new Hono();
  // All of it is the same for everybody; what it shows comes from the API.
  for (const path of ['/', '/assets/*', '/icon.svg', '/start.js']) table.add('GET', path, 'public');
  app.use('/assets/*', keepForEver, serveStatic({ root: folder, precompressed: true }));
  app.use('/icon.svg', serveStatic({ root: folder }));
  app.use('/start.js', serveStatic({ root: folder }));
  // Middleware, not a route for GET: what is wrong with another method of a path is for others to say.
  app.use('*', async (c, next) => {
    if (!isPage(c)) return next();
    const page = await readFile(join(folder, 'index.html'), 'utf8').catch(undefinedIfMissing);
    if (page === undefined) return c.text('The web UI is not built: run `npm run build`.\n', 404);
    return c.html(page, 200, { 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' });
  });
  return app;
}

/** Whether a browser asks for an address that is the page's to make something of. */
export function isPage(c: Context): boolean {
  const forBrowser = c.req.method === 'GET' && c.req.header('accept')?.includes('text/html');
  return forBrowser === true && !apiPaths.test(c.req.path);
}

/** Their names change with their content. */
const keepForEver: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.ok) c.header('Cache-Control', 'public, max-age=31536000, immutable');
};
