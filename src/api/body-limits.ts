/** How large a body may be, by route: what a route has no use for is refused before it is read. */
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { apiBounds } from '../config.ts';
import { LdfError } from '../errors.ts';

interface BodyLimit {
  paths: RegExp;
  bytes: number;
  hint: string;
}

/** The first that fits counts; every route that is in none has the last one. */
const limits: readonly BodyLimit[] = [
  {
    paths: /^\/v1\/distributions(\/(validate|check|lock)|\/[^/]+)?$/,
    bytes: apiBounds.maxDefinitionBodyBytes,
    hint: 'Put large files into a package, or fetch them at first boot.',
  },
  {
    paths: /^\/v1\/components(\/|$)/,
    bytes: apiBounds.maxComponentBodyBytes,
    hint: 'Put large files into a package, and have the component install it.',
  },
  { paths: /^/, bytes: apiBounds.maxBodyBytes, hint: 'GET /openapi.json describes what this route takes.' },
];

/** What is streamed, and has a bound of its own: an archive of images, and a file for the source store. */
export const streamedPaths: ReadonlySet<string> = new Set(['/v1/stage-images/load', '/v1/sources']);

const middleware = limits.map(({ paths, bytes, hint }) => ({
  paths,
  limit: bodyLimit({ maxSize: bytes, onError: () => refuse(bytes, hint) }),
}));

export const limitBodies: MiddlewareHandler = (c, next) => {
  if (streamedPaths.has(c.req.path)) return next();
  const fitting = middleware.find(({ paths }) => paths.test(c.req.path));
  return fitting ? fitting.limit(c, next) : next();
};

function refuse(bytes: number, hint: string): never {
  const size = bytes >= 1 << 20 ? `${bytes >> 20} MiB` : `${bytes >> 10} KiB`;
  throw new LdfError('body.too-large', `The body is larger than ${size}.`, { hint });
}
