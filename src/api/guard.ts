/** Where requests may come from: the API of a user's own machine must not be driven by web pages the user visits. */
import type { MiddlewareHandler } from 'hono';
import { isLoopback } from '../access/loopback.ts';
import { LdfError } from '../errors.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];
const everyAddress = ['0.0.0.0', '::'];

/**
 * The names under which the API answers: the loopback's own, the address that it listens on, and `allowed`; any (undefined)
 * only where `allowed` has `*`. A server behind 0.0.0.0 is reached by web pages as well as one on a loopback address.
 */
export function allowedHostNames(host: string, allowed: readonly string[]): readonly string[] | undefined {
  if (allowed.includes('*')) return undefined;
  const own = everyAddress.includes(host) || isLoopback(host) ? [] : [host.includes(':') ? `[${host}]` : host];
  return [...loopbackNames, ...own, ...allowed];
}

/**
 * Refuses a request for a name that is not ours: DNS rebinding lets a page of `evil.example` reach this machine
 * under its own name, and then read the answers.
 */
export function hostGuard(names: readonly string[] | undefined): MiddlewareHandler {
  return async (c, next) => {
    const name = hostName(c.req.header('host')) ?? new URL(c.req.url).hostname;
    if (names && !names.includes(name))
      throw new LdfError('request.refused', `The API does not answer under the name ${name}.`, {
        hint: 'Use localhost, or add the name to LDF_ALLOWED_HOSTS.',
      });
    await next();
  };
}

/**
 * Refuses what a page of another site makes a browser send. Browsers name the page's origin with every request that may
 * change something (Fetch standard, 3.2), and its relation to us in Sec-Fetch-Site; other clients send neither. Of what
 * only reads, browsers tell the relation alone: the page could not see the answer, but the work would be done. A link
 * to a page of ours is followed.
 */
export const crossSiteGuard: MiddlewareHandler = async (c, next) => {
  if (!['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) return requireOwnOrigin(c, next);
  const followsLink =
    c.req.method === 'GET' &&
    c.req.header('sec-fetch-mode') === 'navigate' &&
    c.req.header('sec-fetch-dest') === 'document' &&
    !/^\/(v1\/|openapi\.json|healthz|metrics)/.test(c.req.path);
  if (isForeign(c.req.header('sec-fetch-site')) && !followsLink) throw otherSite();
  return next();
};

/** The same for a GET that does something: a WebSocket, which any page may open (RFC 6455, 10.2). */
export const requireOwnOrigin: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin');
  const foreignOrigin = origin !== undefined && hostOf(origin) !== (c.req.header('host') ?? new URL(c.req.url).host);
  if (foreignOrigin || isForeign(c.req.header('sec-fetch-site'))) throw otherSite();
  await next();
};

/** A WebSocket that is let in by a cookie comes from a browser, and says from which page. */
export const requireOriginOfSession: MiddlewareHandler = async (c, next) => {
  if (c.get('principal')?.via === 'session' && c.req.header('origin') === undefined) throw otherSite();
  await next();
};

function isForeign(site: string | undefined): boolean {
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function otherSite(): LdfError {
  return new LdfError('request.refused', 'Requests of other web sites are refused.', {
    hint: 'Open the API under its own address, or use a client that is not a web page.',
  });
}

function hostName(header: string | undefined): string | undefined {
  return header !== undefined && URL.canParse(`http://${header}`) ? new URL(`http://${header}`).hostname : header;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
