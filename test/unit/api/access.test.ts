/** Who may do what: every route, with every scope and without any, against the table in docs/access.md. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { AccessControl } from '../../../src/access/access-control.ts';
import { Problem } from '../../../src/model/problem.ts';
import { type Scope, scopes } from '../../../src/model/scopes.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';

const docs = await readFile(join(import.meta.dirname, '../../../docs/access.md'), 'utf8');

const WithId = z.looseObject({ id: z.string() });
const Operation = z.looseObject({
  'x-scope': z.union([z.string(), z.array(z.string())]),
  security: z.array(z.unknown()),
});
const Document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), Operation)) });

interface Row {
  method: string;
  path: string;
  wanted: string[];
}

const table: Row[] = [
  ...(docs.split('<!-- scopes -->')[1] ?? '').matchAll(/^\| ([a-z: -]+?) +\| ([A-Z]+) (\S+) +\|$/gm),
].map(([, wanted = '', method = '', path = '']) => ({ method, path, wanted: wanted.split(' or ') }));

/** A path of the row, with a value for each of its parts. */
function example({ path }: Row): string {
  return path
    .replace(':kind/:name', 'init/mine')
    .replace(':arch', 'x86_64')
    .replace(':file', 'start.js')
    .replace('*', 'x.js')
    .replace(':id', '01m80000000000000000000000');
}

const tokenOf = (scope: Scope) => `ldf_${scope.padEnd(40, '-')}`;
const owner = `ldf_${'owner'.padEnd(40, '-')}`;

function access(): AccessControl {
  return new AccessControl([
    { token: owner },
    ...scopes.map((scope) => ({ token: tokenOf(scope), id: `only ${scope}`, scopes: [scope] })),
  ]);
}

const ask = (method: string, path: string, token?: string, headers: Record<string, string> = {}) =>
  world.app.request(path, {
    method,
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
  });

let world: ApiWorld;

beforeAll(async () => {
  world = await ApiWorld.open({ access: access(), idle: true });
});
beforeEach(() => {
  world.logged.length = 0;
});
afterAll(() => world.close());

/** Whether the gate let the request through, whatever became of it then. */
async function passed(answer: Response): Promise<boolean> {
  if (answer.status === 401) return false;
  if (answer.status !== 403) return true;
  const { detail } = Problem.parse(await answer.json());
  return !/^This needs /.test(detail);
}

describe('the table of scopes', () => {
  it('has every route there is, and no other', async () => {
    const routes = world.app.routes
      // Middleware: for every method.
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`);
    const files = ['GET /', 'GET /assets/*', 'GET /icon.svg', 'GET /start.js'];
    const listed = table.map(({ method, path }) => `${method} ${path}`);
    expect([...new Set([...routes, ...files])].sort()).toEqual(listed.sort());
  });

  it('stands in the OpenAPI document', async () => {
    const { paths } = Document.parse(await (await ask('GET', '/openapi.json', owner)).json());
    for (const { method, path, wanted } of table.filter(({ path }) => path.startsWith('/v1/'))) {
      const operation = paths[path.replace(/:([a-z]+)/g, '{$1}')]?.[method.toLowerCase()];
      if (!operation) throw new Error(`${method} ${path} is not described`);
      expect([operation['x-scope']].flat().sort(), `${method} ${path}`).toEqual(wanted);
      expect(operation.security.length > 0).toBe(wanted[0] !== 'public');
      expect(operation).not.toHaveProperty('scope');
    }
  });

  it('is kept, for anybody and for each single scope, HEAD and WebSocket included', async () => {
    const webSocket = { connection: 'upgrade', upgrade: 'websocket' };
    for (const row of table) {
      const path = example(row);
      const methods = row.method === 'GET' ? ['GET', 'HEAD'] : [row.method];
      for (const method of methods)
        for (const headers of row.path.endsWith('/console') ? [webSocket] : [{}]) {
          const anonymous = await ask(method, path, undefined, headers);
          expect(await passed(anonymous), `anonymous ${method} ${path}`).toBe(row.wanted[0] === 'public');
          for (const scope of scopes) {
            // HEAD of what is read has no body, but the same status.
            const answer = await ask(method, path, tokenOf(scope), headers);
            const allowed = ['public', 'signed-in', scope].some((one) => row.wanted.includes(one));
            const let_in = method === 'HEAD' ? ![401, 403].includes(answer.status) : await passed(answer);
            // What is within a route: removing needs more than asking what would be removed, and what is of a build needs to be read.
            const inside =
              (row.path === '/v1/gc' && scope === 'system:read') ||
              (row.path === '/v1/builds/:id/kernel-config' && scope === 'queries:run');
            if (!inside) expect(let_in, `${scope} ${method} ${path}`).toBe(allowed);
            if (!answer.body?.locked) await answer.body?.cancel();
          }
        }
    }
    // Nothing was done for who may not.
    expect(world.logged.filter(({ level }) => level >= 50)).toEqual([]);
  }, 300_000);

  it('has nothing for other methods and paths: only who may do everything hears that they are not there', async () => {
    const others: [string, string][] = [
      ['OPTIONS', '/v1/builds'],
      ['OPTIONS', '/healthz'],
      ['DELETE', '/v1/distributions'],
      ['PATCH', '/v1/builds/01m80000000000000000000000'],
      ['POST', '/healthz'],
      ['GET', '/v1/nothing'],
      ['GET', '/v1/builds/'],
      ['GET', '/v1//builds'],
      ['GET', '/V1/builds'],
      ['GET', '/v1/builds/x/y/z'],
      ['GET', '/v1/%62uilds/%2e%2e'],
      ['GET', '/metrics/x'],
      ['GET', '/nothing'],
    ];
    for (const [method, path] of others) {
      await problem(await ask(method, path), 401, 'auth.required');
      for (const scope of scopes) await problem(await ask(method, path, tokenOf(scope)), 403, 'request.refused');
      expect([404, 405], `${method} ${path}`).toContain((await ask(method, path, owner)).status);
    }
  });
});

describe('a request that is not known', () => {
  it('is told how to become known, and not what there is', async () => {
    for (const path of ['/v1/builds', '/v1/builds/01m80000000000000000000000', '/v1/nothing']) {
      const answer = await ask('GET', path);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="ldf"');
      const { detail } = await problem(answer, 401, 'auth.required');
      expect(detail).toBe('A token is needed here.');
    }
  });

  it('has its body left unread', async () => {
    let pulled = 0;
    const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 });
    const answer = await world.app.request(
      new Request('http://localhost/v1/distributions', { method: 'POST', body, duplex: 'half' }),
    );
    expect([answer.status, pulled]).toEqual([401, 0]);
  });

  it('sends its token in one place only, and hears no more of it', async () => {
    for (const query of [`?token=${owner}`, `?access_token=${owner}`])
      await problem(await ask('GET', `/v1/builds${query}`), 401, 'auth.required');
    for (const value of [
      owner,
      `Basic ${btoa(`x:${owner}`)}`,
      `Bearer  ${owner}`,
      `Bearer ${owner} x`,
      'Bearer ',
      'Bearer x',
    ])
      await problem(await ask('GET', '/v1/builds', undefined, { authorization: value }), 401, 'auth.required');
    const wrong = `${owner.slice(0, -1)}x`;
    const answer = await ask('GET', '/v1/builds', wrong);
    expect(await answer.text()).not.toContain(wrong);
    expect((await ask('GET', '/v1/builds', owner)).status).toBe(200);
    expect(JSON.stringify(world.logged)).not.toContain(owner.slice(4));
  });

  it('is told that the server lives, and nothing else of it', async () => {
    expect(await (await ask('GET', '/healthz')).json()).toEqual({ status: 'ok' });
    expect(await (await ask('GET', '/healthz', owner)).json()).toEqual({ status: 'ok', version: '1.2.3' });
  });
});

describe('within a route', () => {
  const definition = { name: 'gw', arch: 'x86_64', system: { users: [{ name: 'me', passwordHash: '$6$salt$hash' }] } };
  const send = (method: string, path: string, body: unknown, ...held: Scope[]) => {
    const [scope = 'plans:run'] = held;
    return world.json(method, path, body, { authorization: `Bearer ${tokenOf(scope)}` });
  };

  it('removing needs more than asking what would be removed', async () => {
    expect((await send('POST', '/v1/gc', { dryRun: true }, 'system:read')).status).toBe(200);
    await problem(await send('POST', '/v1/gc', {}, 'system:read'), 403, 'request.refused');
    expect((await send('POST', '/v1/gc', {}, 'gc:admin')).status).toBe(200);
  });

  it('a lock and a priority need scopes of their own', async () => {
    const lock = { version: 1, arch: 'x86_64' };
    await problem(
      await send('POST', '/v1/distributions', { definition, lock }, 'distributions:write'),
      403,
      'request.refused',
    );
    await problem(
      await send('POST', '/v1/queries/kernel-config', { definition, lock }, 'queries:run'),
      403,
      'request.refused',
    );
    await problem(await ask('GET', '/v1/builds/any/kernel-config', tokenOf('queries:run')), 403, 'request.refused');
    const created = await send('POST', '/v1/distributions', { definition }, 'distributions:write');
    expect(created.status).toBe(201);
    const { id } = WithId.parse(await created.json());
    const build = `/v1/distributions/${id}/build`;
    await problem(await send('POST', build, { priority: 1 }, 'builds:run'), 403, 'request.refused');
    expect((await send('POST', build, { priority: -1 }, 'builds:run')).status).toBe(202);
  });

  it('password hashes, paths and addresses are for some', async () => {
    const named = { ...definition, name: 'other' };
    const stored = await send('POST', '/v1/distributions', { definition: named }, 'distributions:write');
    const { id } = WithId.parse(await stored.json());
    const seen = await (await ask('GET', `/v1/distributions/${id}`, tokenOf('distributions:read'))).text();
    expect(seen).not.toContain('$6$salt');
    expect(JSON.parse(seen).definition.system.users).toEqual([{ name: 'me', passwordHash: '(hidden)' }]);
    expect(await (await ask('GET', `/v1/distributions/${id}`, owner)).text()).toContain('$6$salt');
    const settings = async (token: string) => (await ask('GET', '/v1/system/settings', token)).text();
    const dataDir = JSON.stringify(world.dataDir);
    expect(await settings(tokenOf('system:read'))).not.toContain(dataDir);
    expect(await settings(owner)).toContain(dataDir);
  });
});
