/** What somebody may do: each route of the API asks for one of these, and docs/access.md lists them by route. */
import * as z from 'zod';

export const scopes = [
  'metrics:read',
  'system:read',
  'system:admin',
  'distributions:read',
  'distributions:write',
  'distributions:lock',
  'distributions:lock-import',
  'plans:run',
  'queries:run',
  'builds:read',
  'builds:run',
  'builds:priority',
  'builds:delete',
  'secrets:read',
  'artifacts:read',
  'console:open',
  'components:read',
  'components:write',
  'keys:read',
  'keys:admin',
  'images:read',
  'images:export',
  'images:admin',
  'sources:write',
  'gc:admin',
] as const;

export const Scope = z.enum(scopes);
export type Scope = z.infer<typeof Scope>;

/** What a route asks for: nothing, only to be known, or a scope; of several scopes any one. */
export type Access = 'public' | 'signed-in' | Scope | readonly Scope[];

/** Somebody who is known. */
export interface Principal {
  /** Whose things are whose: a name that stays the same whichever way somebody came in. */
  id: string;
  via: 'token' | 'session' | 'no authentication';
  scopes: ReadonlySet<Scope>;
  /** For what stays open: aborted when the session is over. Tokens are good for as long as the server runs. */
  ends?: () => AbortSignal;
}

/** The one that there is until there are accounts: may do everything. */
export const ownerId = 'owner';
export const allScopes: ReadonlySet<Scope> = new Set(scopes);

export function mayDoEverything({ scopes: held }: Principal): boolean {
  return scopes.every((scope) => held.has(scope));
}

/** Whether `principal` (undefined: nobody knows who) may do what asks for `access`. */
export function allows(principal: Principal | undefined, access: Access): boolean {
  if (access === 'public') return true;
  if (!principal) return false;
  if (access === 'signed-in') return true;
  const wanted: readonly Scope[] = typeof access === 'string' ? [access] : access;
  return wanted.some((scope) => principal.scopes.has(scope));
}
