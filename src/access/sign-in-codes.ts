/** Codes that stand in a link and become a session once: what `ldf open` and the start of a server print. */

import type { Principal } from '../model/scopes.ts';
import { newSecret, sha256 } from './secrets.ts';

export const signInBounds = {
  /** How long a link can be used. */
  codeLifeMs: 10 * 60_000,
  /** Links that can be used at one time; with more the oldest goes. */
  maxCodes: 32,
} as const;

export class SignInCodes {
  readonly #now: () => number;
  /** By hash, the oldest first. */
  readonly #codes = new Map<string, { principal: Principal; expiresAt: number }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  issue(principal: Principal): { code: string; expiresAt: Date } {
    const code = newSecret();
    const expiresAt = this.#now() + signInBounds.codeLifeMs;
    this.#codes.set(sha256(code).toString('hex'), { principal, expiresAt });
    for (const hash of this.#codes.keys()) {
      if (this.#codes.size <= signInBounds.maxCodes) break;
      this.#codes.delete(hash);
    }
    return { code, expiresAt: new Date(expiresAt) };
  }

  /** Whose code it was; it is used up. undefined: there is no such code (any more). */
  redeem(code: string): Principal | undefined {
    const hash = sha256(code).toString('hex');
    const found = this.#codes.get(hash);
    this.#codes.delete(hash);
    return found && found.expiresAt > this.#now() ? found.principal : undefined;
  }
}
