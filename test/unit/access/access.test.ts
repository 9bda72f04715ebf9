/** Tokens, codes and sessions by themselves. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessControl } from '../../../src/access/access-control.ts';
import { isLoopback } from '../../../src/access/loopback.ts';
import { openAccess } from '../../../src/access/open-access.ts';
import { newToken } from '../../../src/access/secrets.ts';
import { type SessionFile, Sessions, sessionBounds } from '../../../src/access/sessions.ts';
import { SignInCodes, signInBounds } from '../../../src/access/sign-in-codes.ts';
import { loadConfig } from '../../../src/config.ts';
import { allScopes, ownerId, type Principal } from '../../../src/model/scopes.ts';
import { SignInCode } from '../../../src/model/session.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';

const owner: Principal = { id: ownerId, via: 'token', scopes: allScopes };
let now = 1_000_000;
const clock = () => now;

beforeEach(() => {
  now = 1_000_000;
});

describe('a token', () => {
  it('has 256 random bits after its prefix', () => {
    const tokens = Array.from({ length: 100 }, newToken);
    for (const token of tokens) expect(token).toMatch(/^ldf_[A-Za-z0-9_-]{43}$/);
    expect(new Set(tokens).size).toBe(100);
  });

  it('is known by all of it and nothing else', () => {
    const token = newToken();
    const access = new AccessControl([{ token: newToken() }, { token, id: 'ci', scopes: ['builds:read'] }]);
    expect(access.holderOf(token)).toMatchObject({ id: 'ci', via: 'token' });
    for (const wrong of ['', token.slice(1), `${token} `, token.toUpperCase()])
      expect(access.holderOf(wrong)).toBeUndefined();
  });
});

describe('a code in a link', () => {
  it('works once, and not for ever', () => {
    const codes = new SignInCodes(clock);
    const { code } = codes.issue(owner);
    expect(codes.redeem(`${code}x`)).toBeUndefined();
    expect(codes.redeem(code)).toBe(owner);
    expect(codes.redeem(code)).toBeUndefined();
    const late = codes.issue(owner);
    now += signInBounds.codeLifeMs;
    expect(codes.redeem(late.code)).toBeUndefined();
  });

  it('makes room for newer ones', () => {
    const codes = new SignInCodes(clock);
    const all = Array.from({ length: signInBounds.maxCodes + 1 }, () => codes.issue(owner).code);
    expect(codes.redeem(all[0] ?? '')).toBeUndefined();
    expect(codes.redeem(all[1] ?? '')).toBe(owner);
  });
});

describe('a session', () => {
  it('ends when it is not used, in any case after days, and when it is ended', () => {
    const sessions = new Sessions({ now: clock });
    const { cookie } = sessions.begin(owner);
    now += sessionBounds.rotateMs - 1;
    expect(sessions.find(cookie)).toMatchObject({ principal: { id: ownerId, via: 'session' }, replacement: undefined });
    now += sessionBounds.idleMs;
    expect(sessions.find(cookie)).toBeUndefined();

    let current = sessions.begin(owner).cookie;
    const began = now;
    while (now - began < sessionBounds.absoluteMs - sessionBounds.rotateMs) {
      now += sessionBounds.rotateMs;
      current = sessions.find(current)?.replacement?.cookie ?? '';
    }
    expect(sessions.find(current)?.expiresAt.getTime()).toBe(began + sessionBounds.absoluteMs);
    now = began + sessionBounds.absoluteMs;
    expect(sessions.find(current)).toBeUndefined();

    const ended = sessions.begin(owner).cookie;
    sessions.end(ended);
    expect(sessions.find(ended)).toBeUndefined();
  });

  it('changes its cookie, without losing requests on their way or an answer that does not arrive', () => {
    const sessions = new Sessions({ now: clock });
    const first = sessions.begin(owner).cookie;
    now += sessionBounds.rotateMs;
    const lost = sessions.find(first)?.replacement?.cookie ?? '';
    expect(sessions.find(first)?.replacement).toBeUndefined();
    now += sessionBounds.overlapMs;
    const second = sessions.find(first)?.replacement?.cookie ?? '';
    expect([lost, second].map((cookie) => sessions.find(cookie) !== undefined)).toEqual([false, true]);
    now += sessionBounds.overlapMs - 1;
    expect(sessions.find(first)).toBeDefined();
    now += 1;
    expect(sessions.find(first)).toBeUndefined();
    expect(sessions.find(second)).toBeDefined();
    // Signing out ends whatever cookie it has had.
    now += sessionBounds.rotateMs;
    const third = sessions.find(second)?.replacement?.cookie ?? '';
    sessions.end(second);
    expect(sessions.find(third)).toBeUndefined();
  });

  it('tells what is open that it is over, whichever of its cookies opened that', () => {
    const sessions = new Sessions({ now: clock });
    const first = sessions.begin(owner).cookie;
    const other = sessions.find(sessions.begin(owner).cookie)?.principal.ends?.();
    const opened = sessions.find(first)?.principal.ends?.();
    now += sessionBounds.rotateMs;
    const second = sessions.find(first)?.replacement?.cookie ?? '';
    expect(opened?.aborted).toBe(false);
    sessions.end(second);
    expect([opened?.aborted, other?.aborted]).toEqual([true, false]);
  });

  it('is stored as a hash, and there are only so many', () => {
    let saved: SessionFile = { sessions: [] };
    const sessions = new Sessions({ now: clock, save: (file) => (saved = structuredClone(file)) });
    const cookies = Array.from({ length: sessionBounds.maxSessions + 5 }, () => {
      now += 1;
      return sessions.begin(owner).cookie;
    });
    expect(saved.sessions).toHaveLength(sessionBounds.maxSessions);
    for (const cookie of cookies) expect(JSON.stringify(saved)).not.toContain(cookie);
    const again = new Sessions({ initial: saved, now: clock });
    expect(again.find(cookies.at(-1) ?? '')).toBeDefined();
    expect(again.find(cookies[0] ?? '')).toBeUndefined();
  });
});

describe('a data folder', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ldf-access-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));
  const open = (environment: Record<string, string> = {}, temporary = false) =>
    openAccess(loadConfig({ LDF_DATA_DIR: dataDir, LDF_LOG_LEVEL: 'silent', ...environment }), temporary);

  it('keeps its token and its sessions, for its owner alone', async () => {
    const first = await open();
    const { cookie } = first.access.sessions.begin(owner);
    await first.saved();
    for (const name of ['token', 'sessions.json']) expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(dataDir, 'sessions.json'), 'utf8')).not.toContain(cookie);
    const second = await open();
    expect(second.token).toBe(first.token);
    expect(second.access.sessions.find(cookie)).toBeDefined();
  });

  it('has other tokens for servers that are told one, or live for one command', async () => {
    const given = 'x'.repeat(32);
    const told = await open({ LDF_TOKEN: given });
    expect([told.token, told.access.holderOf(given)?.id]).toEqual([given, ownerId]);
    const temporary = await Promise.all([open({}, true), open({}, true)]);
    expect(new Set(temporary.map(({ token }) => token)).size).toBe(2);
    expect((await open({ LDF_AUTH: 'none' })).access.everybody).toMatchObject({ id: ownerId });
  });
});

describe('a browser', () => {
  let world: ApiWorld;
  beforeEach(async () => {
    world = await ApiWorld.open({ access: new AccessControl([{ token }]), idle: true });
  });
  afterEach(() => world.close());
  const host = 'localhost:8080';
  const token = newToken();
  const browser = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
  const cookieOf = (answer: Response) => answer.headers.get('set-cookie') ?? '';
  const pair = (answer: Response) => cookieOf(answer).split(';')[0] ?? '';

  it('signs in with a token or a code, and has a cookie that is for nobody else', async () => {
    await problem(await world.json('POST', '/v1/session', { token: 'wrong' }, browser), 401, 'auth.required');
    const answer = await world.json('POST', '/v1/session', { token }, browser);
    expect(answer.status).toBe(200);
    expect(cookieOf(answer)).toMatch(/^ldf_session_8080=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    expect(
      cookieOf(
        await world.json(
          'POST',
          '/v1/session',
          { token },
          { ...browser, host: 'ldf.example', origin: 'https://ldf.example' },
        ),
      ),
    ).toBe('');
    const cookie = pair(answer);
    expect((await world.json('GET', '/v1/builds', undefined, { host, cookie })).status).toBe(200);
    const made = await world.json('POST', '/v1/session/codes', undefined, { ...browser, cookie });
    const { code } = SignInCode.parse(await made.json());
    const other = await world.json('POST', '/v1/session', { code }, browser);
    expect(other.status).toBe(200);
    await problem(await world.json('POST', '/v1/session', { code }, browser), 401, 'auth.required');
    // A cookie of another server on this machine is none here.
    const renamed = cookie.replace('8080', '8081');
    await problem(await world.json('GET', '/v1/builds', undefined, { host, cookie: renamed }), 401, 'auth.required');
    const log = JSON.stringify(world.logged);
    for (const secret of [token, code, cookie.split('=')[1] ?? '']) expect(log).not.toContain(secret);
  });

  it('signs out', async () => {
    const cookie = pair(await world.json('POST', '/v1/session', { token }, browser));
    const out = await world.json('DELETE', '/v1/session', undefined, { ...browser, cookie });
    expect([out.status, cookieOf(out)]).toEqual([204, expect.stringMatching(/^ldf_session_8080=; Max-Age=0; /)]);
    await problem(await world.json('GET', '/v1/builds', undefined, { host, cookie }), 401, 'auth.required');
  });

  it('hears no more of a build that it follows once it has signed out', async () => {
    const at = '2026-01-01T00:00:00.000Z';
    const { id } = await world.queued();
    await world.journal(id, { type: 'build', at, state: 'running', error: null });
    const cookie = pair(await world.json('POST', '/v1/session', { token }, browser));
    const stream = await world.json('GET', `/v1/builds/${id}/events`, undefined, { host, cookie });
    const reader = stream.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await world.json('DELETE', '/v1/session', undefined, { ...browser, cookie });
    for (;;) if ((await reader?.read())?.done) break;
  });

  it('builds no stage image any more once it has signed out', async () => {
    world.images.hold = new Promise(() => undefined);
    const cookie = pair(await world.json('POST', '/v1/session', { token }, browser));
    const stream = await world.json('POST', '/v1/stage-images/build', {}, { ...browser, cookie });
    const reader = stream.body?.getReader();
    let text = '';
    while (!text.includes('unpacking')) text += new TextDecoder().decode((await reader?.read())?.value);
    await world.json('DELETE', '/v1/session', undefined, { ...browser, cookie });
    for (;;) if ((await reader?.read())?.done) break;
  });

  it('is not driven by another site, whatever it has in its jar', async () => {
    const cookie = pair(await world.json('POST', '/v1/session', { token }, browser));
    const from = (headers: Record<string, string>, path = '/v1/builds', method = 'GET') =>
      world.json(method, path, undefined, { host, cookie, ...headers });
    for (const site of ['cross-site', 'same-site']) {
      await problem(await from({ 'sec-fetch-site': site }), 403, 'request.refused');
      expect((await from({ 'sec-fetch-site': site }, '/metrics', 'HEAD')).status).toBe(403);
      const link = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
      expect((await from({ ...link, accept: 'text/html' }, '/builds')).status).toBe(404);
      await problem(await from(link, '/v1/stage-images/save'), 403, 'request.refused');
      const frame = { ...link, 'sec-fetch-dest': 'iframe', accept: 'text/html' };
      await problem(await from(frame, '/builds'), 403, 'request.refused');
    }
    for (const site of ['same-origin', 'none']) expect((await from({ 'sec-fetch-site': site })).status).toBe(200);
    await problem(await from({}, '/v1/artifacts/a1/console'), 403, 'request.refused');
  });
});

describe('an address', () => {
  it('is a loopback one, or not', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]']) expect(isLoopback(host)).toBe(true);
    for (const host of ['0.0.0.0', '::', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', ''])
      expect(isLoopback(host)).toBe(false);
  });

  it('that is none keeps a server from going without authentication', () => {
    expect(() => loadConfig({ LDF_AUTH: 'none', LDF_HOST: '0.0.0.0' })).toThrow(
      expect.objectContaining({ details: [expect.objectContaining({ pointer: '/LDF_AUTH' })] }),
    );
    expect(loadConfig({ LDF_AUTH: 'none', LDF_HOST: '::1' }).auth).toBe('none');
  });
});
