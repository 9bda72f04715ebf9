/** By what a request says who sends it: a token in a header, or a browser's cookie. Never anything in its address. */
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { AccessControl } from '../access/access-control.ts';
import type { FoundSession, IssuedSession } from '../access/sessions.ts';
import type { Principal } from '../model/scopes.ts';

/** RFC 6750, 2.1; longer ones are none of ours. */
const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i;

/** Who asks; undefined: nobody knows. A cookie that is due is replaced with the answer. */
export function authenticate(c: Context, access: AccessControl): Principal | undefined {
  const { everybody } = access;
  if (everybody) return everybody;
  const authorization = c.req.header('authorization');
  if (authorization !== undefined) {
    const token = bearer.exec(authorization)?.[1];
    return token === undefined ? undefined : access.holderOf(token);
  }
  const session = sessionOf(c, access);
  if (session?.replacement) keepSession(c, session.replacement);
  return session?.principal;
}

/** The session whose cookie the request has. */
export function sessionOf(c: Context, access: AccessControl): FoundSession | undefined {
  const cookie = getCookie(c, cookieName(c));
  return cookie === undefined ? undefined : access.sessions.find(cookie);
}

export function keepSession(c: Context, { cookie, expiresAt }: IssuedSession): void {
  setCookie(c, cookieName(c), cookie, { ...attributes(c), expires: expiresAt });
}

/** Ends the session whose cookie the request has. */
export function endSession(c: Context, access: AccessControl): void {
  const cookie = getCookie(c, cookieName(c));
  if (cookie !== undefined) access.sessions.end(cookie);
}

/** Has the browser forget its cookie. */
export function forgetSession(c: Context): void {
  deleteCookie(c, cookieName(c), attributes(c));
}

/** Cookies know no ports (RFC 6265, 8.5): without the port in its name, each server of a machine would take another's place. */
function cookieName(c: Context): string {
  const host = c.req.header('host') ?? new URL(c.req.url).host;
  return `ldf_session_${/:([0-9]+)$/.exec(host)?.[1] ?? '80'}`;
}

/** Behind a proxy with TLS the page's origin tells of it; over plain HTTP a Secure cookie would not be kept. */
function attributes(c: Context) {
  const secure = c.req.header('origin')?.startsWith('https://') ?? false;
  return { httpOnly: true, sameSite: 'Strict', path: '/', secure } as const;
}
