/** Who may ask: without accounts, an API on a user's own machine must not be driven by web pages the user visits. */
import type { MiddlewareHandler } from 'hono';
import { LdfError } from '../errors.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The names under which the API answers: on a loopback address the loopback's own and `allowed`; elsewhere `allowed` if
 * there are any, else any name (undefined).
 */
export function allowedHostNames(host: string, allowed: readonly string[]): readonly string[] | undefined {
  const loopback = /^(localhost|127(\.[0-9]+){3}|::1)$/.test(host);
  return loopback || allowed.length > 0 ? [...loopbackNames, ...allowed] : undefined;
}

/**
 * Refuses a request for a name that is not ours: DNS rebinding lets a page of `evil.example` reach a loopback address
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
 * change something (Fetch standard, 3.2), and its relation to us in Sec-Fetch-Site; other clients send neither.
 */
export const crossSiteGuard: MiddlewareHandler = async (c, next) => {
  if (['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) return next();
  return requireOwnOrigin(c, next);
};

/** The same for a GET that does something: a WebSocket, which any page may open (RFC 6455, 10.2). */
export const requireOwnOrigin: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  const foreignOrigin = origin !== undefined && hostOf(origin) !== (c.req.header('host') ?? new URL(c.req.url).host);
  if (foreignOrigin || (site !== undefined && site !== 'same-origin' && site !== 'none'))
    throw new LdfError('request.refused', 'Requests of other web sites are refused.', {
      hint: 'Open the API under its own address, or use a client that is no web page.',
    });
  await next();
};

function hostName(header: string | undefined): string | undefined {
  return header !== undefined && URL.canParse(`http://${header}`) ? new URL(`http://${header}`).hostname : header;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
