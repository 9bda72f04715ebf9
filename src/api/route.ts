/** Routes that say who may use them: the only way in which this API makes one. */
import { createRoute, type RouteConfig } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { TrieRouter } from 'hono/router/trie-router';
import type { AccessControl } from '../access/access-control.ts';
import { LdfError } from '../errors.ts';
import { type Access, allows, mayDoEverything, type Principal, type Scope } from '../model/scopes.ts';
import { authenticate } from './authenticate.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** Who asks; undefined: nobody knows. Set by `accessGuard` alone. */
    principal: Principal | undefined;
  }
}

/** As `createRoute`, with what it asks of who asks. It stands in the document as `x-scope` and `security`. */
export function route<P extends string, R extends Omit<RouteConfig, 'path'> & { path: P; scope: Access }>(config: R) {
  return createRoute<P, R>(config);
}

/** What every method and path asks for; what is not in it is for nobody. */
export class AccessTable {
  readonly #router = new TrieRouter<Access>();
  readonly entries: { method: string; path: string; access: Access }[] = [];

  /** @param path as Hono writes it: `:name` for a part, `*` for the rest */
  add(method: string, path: string, access: Access): void {
    this.entries.push({ method, path, access });
    this.#router.add(method, path, access);
  }

  /** Takes in routes that were made by `route`. @throws Error for one that was not. */
  addDocumented(routes: readonly RouteConfig[]): void {
    for (const one of routes) {
      if (!('scope' in one) || !isAccess(one.scope)) throw new Error(`${one.method} ${one.path} has no scope`);
      this.add(one.method.toUpperCase(), one.path.replace(/\{([^}]+)\}/g, ':$1'), one.scope);
    }
  }

  /** HEAD asks for what GET does. */
  find(method: string, path: string): Access | undefined {
    return this.#router.match(method === 'HEAD' ? 'GET' : method, path)[0][0]?.[0];
  }
}

function isAccess(value: unknown): value is Access {
  return typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'));
}

export interface AccessOptions {
  access: AccessControl;
  table: AccessTable;
  /** Whether the request is for a page of the web UI, which has many addresses. */
  isPage: (c: Context) => boolean;
}

/**
 * Decides for every request, before anything of it is read: nothing is done, and nothing told, for who may not. Of paths
 * that there are not, only who may do everything hears that.
 */
export function accessGuard({ access, table, isPage }: AccessOptions): MiddlewareHandler {
  return async (c, next) => {
    const principal = authenticate(c, access);
    c.set('principal', principal);
    const wanted = table.find(c.req.method, c.req.path) ?? (isPage(c) ? 'public' : undefined);
    const allowed = wanted === undefined ? principal && mayDoEverything(principal) : allows(principal, wanted);
    if (!allowed) throw principal ? forbidden(wanted) : unknownPrincipal(c);
    await next();
  };
}

/** For what a request turns out to want once it is read. @throws LdfError `request.refused`. */
export function requireScope(c: Context, scope: Scope): void {
  if (!allows(c.get('principal'), scope)) throw forbidden(scope);
}

export function hasScope(c: Context, scope: Scope): boolean {
  return allows(c.get('principal'), scope);
}

/** For an answer that lasts: aborts with any of `signals`, or with the session that asked. */
export function untilSessionEnds(c: Context, ...signals: AbortSignal[]): AbortSignal {
  const ends = c.get('principal')?.ends?.();
  return AbortSignal.any(ends ? [...signals, ends] : signals);
}

function forbidden(wanted: Access | undefined): LdfError {
  const scope = wanted === undefined ? 'every scope' : `the scope ${[wanted].flat().join(' or ')}`;
  return new LdfError('request.refused', `This needs ${scope}, which the token or session does not have.`, {
    hint: 'Use one that has it; docs/access.md lists the scopes by route.',
  });
}

function unknownPrincipal(c: Context): LdfError {
  const gave = c.req.header('authorization') !== undefined;
  return new LdfError('auth.required', gave ? 'The token is not one of this server.' : 'A token is needed here.', {
    hint: 'Send `Authorization: Bearer $(ldf token)`, or open the link that `ldf open` prints in a browser.',
  });
}
