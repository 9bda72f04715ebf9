/** Who may come in, and by what they are known. */

import { allScopes, ownerId, type Principal, type Scope } from '../model/scopes.ts';
import { sameHash, sha256 } from './secrets.ts';
import { Sessions } from './sessions.ts';
import { SignInCodes } from './sign-in-codes.ts';

export interface TokenHolder {
  token: string;
  id?: string;
  scopes?: Iterable<Scope>;
}

export class AccessControl {
  readonly sessions: Sessions;
  readonly codes: SignInCodes;
  /** Whom everybody is taken for when there is no authentication. */
  readonly everybody: Principal | undefined;
  readonly #holders: { hash: Buffer; principal: Principal }[];

  /** @param holders none: there is no authentication, and everybody may do everything */
  constructor(holders: readonly TokenHolder[] | 'none', sessions: Sessions = new Sessions()) {
    this.sessions = sessions;
    this.codes = new SignInCodes();
    const known = holders === 'none' ? [] : holders;
    this.everybody = holders === 'none' ? principal('no authentication', ownerId, allScopes) : undefined;
    this.#holders = known.map(({ token, id = ownerId, scopes = allScopes }) => ({
      hash: sha256(token),
      principal: principal('token', id, scopes),
    }));
  }

  /** Every known token is compared, so that the time taken tells nothing. */
  holderOf(token: string): Principal | undefined {
    const hash = sha256(token);
    return this.#holders.filter((holder) => sameHash(holder.hash, hash))[0]?.principal;
  }
}

function principal(via: Principal['via'], id: string, scopes: Iterable<Scope>): Principal {
  return { id, via, scopes: new Set(scopes) };
}
