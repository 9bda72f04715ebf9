/** Sessions of browsers: a cookie's value each, of which the hash is kept. They outlive a restart of the server. */

import * as z from 'zod';
import { type Principal, Scope } from '../model/scopes.ts';
import { newSecret, sha256 } from './secrets.ts';

export const sessionBounds = {
  /** A session ends when it was not used for so long… */
  idleMs: 12 * 60 * 60_000,
  /** …and in any case so long after the sign-in. */
  absoluteMs: 7 * 24 * 60 * 60_000,
  /** A cookie that is used after so long is replaced by another one. */
  rotateMs: 60 * 60_000,
  /** A replaced cookie is good for so long after its successor was used first: requests may be on their way with it. */
  overlapMs: 60_000,
  /** With more the one goes that was used longest ago. */
  maxSessions: 100,
} as const;

const SessionRecord = z.strictObject({
  hash: z.string(),
  /** Of the sign-in: the same for all cookies that a browser is given one after the other. */
  id: z.string().default(newSecret),
  owner: z.string(),
  scopes: z.array(Scope),
  /** Milliseconds since the epoch. */
  signedInAt: z.number(),
  issuedAt: z.number(),
  usedAt: z.number(),
  /** When it was replaced: by which one, and until when it is good all the same. */
  successor: z.string().optional(),
  until: z.number().optional(),
});
type SessionRecord = z.infer<typeof SessionRecord>;

export const SessionFile = z.strictObject({ sessions: z.array(SessionRecord).max(2 * sessionBounds.maxSessions) });
export type SessionFile = z.infer<typeof SessionFile>;

/** What a browser is given to keep. */
export interface IssuedSession {
  cookie: string;
  expiresAt: Date;
}

export interface FoundSession {
  principal: Principal;
  expiresAt: Date;
  /** The cookie that the browser should have from now on. */
  replacement: IssuedSession | undefined;
}

export class Sessions {
  readonly #sessions: Map<string, SessionRecord>;
  readonly #now: () => number;
  readonly #save: (file: SessionFile) => void;
  /** What tells open connections that their session has ended, by its id. */
  readonly #ends = new Map<string, AbortController>();

  /** @param options.save is given all of them after each change that has to outlive the process */
  constructor(options: { initial?: SessionFile; now?: () => number; save?: (file: SessionFile) => void } = {}) {
    this.#sessions = new Map(options.initial?.sessions.map((session) => [session.hash, session]));
    this.#now = options.now ?? Date.now;
    this.#save = options.save ?? (() => undefined);
  }

  begin({ id, scopes }: Pick<Principal, 'id' | 'scopes'>): IssuedSession {
    const now = this.#now();
    return this.#issue({ id: newSecret(), owner: id, scopes: [...scopes], signedInAt: now });
  }

  /** @returns undefined for a cookie that is none, or no longer one. */
  find(cookie: string): FoundSession | undefined {
    const session = this.#live(hashOf(cookie));
    if (!session) return undefined;
    this.#endPredecessors(session);
    session.usedAt = this.#now();
    return {
      principal: {
        id: session.owner,
        via: 'session',
        scopes: new Set(session.scopes),
        ends: () => this.#endOf(session),
      },
      expiresAt: new Date(session.signedInAt + sessionBounds.absoluteMs),
      replacement: this.#isDue(session) ? this.#replace(session) : undefined,
    };
  }

  /** Ends the session with all cookies that it has had. */
  end(cookie: string): void {
    const session = this.#sessions.get(hashOf(cookie));
    if (!session) return;
    for (const [hash, { id }] of this.#sessions) if (id === session.id) this.#sessions.delete(hash);
    this.#abortEnded();
    this.#saveAll();
  }

  #endOf({ id, signedInAt }: SessionRecord): AbortSignal {
    const ended = this.#ends.get(id) ?? new AbortController();
    this.#ends.set(id, ended);
    const leftMs = Math.max(0, signedInAt + sessionBounds.absoluteMs - this.#now());
    return AbortSignal.any([ended.signal, AbortSignal.timeout(leftMs)]);
  }

  #abortEnded(): void {
    const known = new Set([...this.#sessions.values()].map(({ id }) => id));
    for (const [id, ended] of this.#ends) {
      if (known.has(id)) continue;
      this.#ends.delete(id);
      ended.abort();
    }
  }

  #live(hash: string): SessionRecord | undefined {
    const session = this.#sessions.get(hash);
    if (!session || !this.#isOver(session)) return session;
    this.#sessions.delete(hash);
    return undefined;
  }

  #isOver({ usedAt, signedInAt, until = Number.POSITIVE_INFINITY }: SessionRecord): boolean {
    const now = this.#now();
    const { idleMs, absoluteMs } = sessionBounds;
    return now - usedAt >= idleMs || now - signedInAt >= absoluteMs || now >= until;
  }

  /** An answer with a successor may be lost on its way: after a while without a use of it there is another one. */
  #isDue({ issuedAt, successor }: SessionRecord): boolean {
    const replaced = successor === undefined ? undefined : this.#sessions.get(successor);
    const since = this.#now() - (replaced?.issuedAt ?? issuedAt);
    if (replaced) return replaced.usedAt === replaced.issuedAt && since >= sessionBounds.overlapMs;
    return since >= sessionBounds.rotateMs;
  }

  #replace(session: SessionRecord): IssuedSession {
    if (session.successor !== undefined) this.#sessions.delete(session.successor);
    const { id, owner, scopes, signedInAt } = session;
    const issued = this.#issue({ id, owner, scopes, signedInAt });
    session.successor = hashOf(issued.cookie);
    this.#saveAll();
    return issued;
  }

  /** The first use of a successor is the beginning of its predecessor's end. */
  #endPredecessors(session: SessionRecord): void {
    for (const other of this.#sessions.values())
      if (other.successor === session.hash) other.until ??= this.#now() + sessionBounds.overlapMs;
  }

  #issue(who: Pick<SessionRecord, 'id' | 'owner' | 'scopes' | 'signedInAt'>): IssuedSession {
    const cookie = newSecret();
    const now = this.#now();
    this.#sessions.set(hashOf(cookie), { ...who, hash: hashOf(cookie), issuedAt: now, usedAt: now });
    this.#makeRoom();
    this.#saveAll();
    return { cookie, expiresAt: new Date(who.signedInAt + sessionBounds.absoluteMs) };
  }

  #makeRoom(): void {
    for (const [hash, session] of this.#sessions) if (this.#isOver(session)) this.#sessions.delete(hash);
    const byUse = [...this.#sessions.values()].sort((one, other) => one.usedAt - other.usedAt);
    for (const { hash } of byUse.slice(0, Math.max(0, byUse.length - sessionBounds.maxSessions)))
      this.#sessions.delete(hash);
    this.#abortEnded();
  }

  #saveAll(): void {
    this.#save({ sessions: [...this.#sessions.values()] });
  }
}

function hashOf(cookie: string): string {
  return sha256(cookie).toString('hex');
}
