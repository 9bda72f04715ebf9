/** What goes wrong, and who may ask: problem documents, guards, and input nobody foresaw. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../../src/model/problem.ts';
import type { BuildRecord } from '../../../src/store/builds.ts';
import { ApiWorld, type App } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';

let world: ApiWorld;
const path = '/v1/distributions';
const definition = { name: 'gw', arch: 'x86_64' };

beforeAll(async () => {
  world = await ApiWorld.open({ idle: true });
});
beforeEach(() => {
  world.logged.length = 0;
});
afterAll(() => world.close());

const post = (
  body: string | Uint8Array<ArrayBuffer> | undefined,
  type: string | undefined,
  headers: Record<string, string> = {},
) =>
  world.app.request(path, {
    method: 'POST',
    ...(body === undefined ? {} : { body }),
    headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
  });

describe('a problem document', () => {
  it('answers a path that leads nowhere, and a method that a path does not know', async () => {
    await problem(await world.json('GET', '/v2/builds'), 404, 'not-found');
    await problem(await world.json('GET', '/v1/builds/../../etc'), 404, 'not-found');
    const answer = await world.json('DELETE', path);
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
    await problem(answer, 405, 'method.not-allowed');
    await problem(await world.json('PUT', '/v1/artifacts/a1/content'), 405, 'method.not-allowed');
  });

  it('names the place where JSON ends to be JSON', async () => {
    const body = await problem(
      await post('{\n  "definition": {"name" "gw"}\n}', 'application/json'),
      400,
      'request.invalid',
    );
    expect(body.detail).toBe('The body is not valid JSON at line 2, column 25: a colon was expected.');
  });

  it('names the line of broken YAML', async () => {
    const body = await problem(await post('name: gw\narch: [', 'application/yaml'), 400, 'definition.invalid');
    expect(body.errors?.[0]?.message).toMatch(/^line 2, column \d+: /);
  });

  it('tells types it does not understand, and bodies that are missing or no text', async () => {
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data', 'application/jsonx'])
      await problem(await post('{}', type), 415, 'media-type.unsupported');
    const bytes = new TextEncoder().encode(JSON.stringify({ definition }));
    await problem(await post(bytes, undefined), 415, 'media-type.unsupported');
    await problem(await post(undefined, undefined), 400, 'request.invalid');
    await problem(await post('', 'application/json'), 400, 'request.invalid');
    await problem(await post(new Uint8Array([0x7b, 0xff, 0x7d]), 'application/json'), 400, 'request.invalid');
    expect((await post(bytes, 'Application/JSON; charset="utf-8"')).status).toBe(201);
  });

  it('refuses a body that is too large, whether or not it says so', async () => {
    const large = new Uint8Array((32 << 20) + 1).fill(0x20);
    await problem(
      await post(large, 'application/json', { 'content-length': String(large.length) }),
      413,
      'body.too-large',
    );
    await problem(await post(large, 'application/json'), 413, 'body.too-large');
  });

  it('hides the insides of a fault of ours, and logs it once under what it tells', async () => {
    world.toEngine.failNext('plan', new TypeError('secret insides'));
    const body = await problem(await world.json('POST', path, { definition }), 500, 'internal');
    expect(JSON.stringify(body)).not.toContain('secret');
    const incidents = world.logged.filter(({ incident }) => incident !== undefined);
    expect(incidents).toHaveLength(1);
    expect(body.hint).toContain(incidents[0]?.incident);
  });

  it('is written to the log as one line a request, probes only when they fail', async () => {
    await world.json('GET', path);
    await world.json('GET', '/v2');
    await world.json('GET', '/healthz');
    expect(world.logged.map(({ level, status }) => [level, status])).toEqual([
      [30, 200],
      [30, 404],
      [20, 200],
    ]);
  });
});

describe('a web page of somebody else', () => {
  it('cannot reach a loopback address under its own name', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1:8080', 'xn--', ''])
      await problem(await world.json('GET', path, undefined, { host }), 403, 'request.refused');
    for (const host of ['localhost:8080', '127.0.0.1', '[::1]:8080', 'LOCALHOST'])
      expect((await world.json('GET', path, undefined, { host })).status).toBe(200);
  });

  it('may be reached under names that are configured, and under any only where that is said', async () => {
    const at = (host: string, allowedHosts: string[] = []) =>
      world.another(world.stopping.signal, { host, allowedHosts });
    const asked = async (app: App, host: string) => (await app.request(path, { headers: { host } })).status;
    const named = at('0.0.0.0', ['ldf.example']);
    expect(await asked(named, 'ldf.example:80')).toBe(200);
    expect(await asked(named, 'evil.example')).toBe(403);
    const plain = at('0.0.0.0');
    expect(await asked(plain, 'build.example')).toBe(403);
    expect(await asked(plain, 'localhost:9090')).toBe(200);
    const bound = at('192.0.2.1');
    expect(await asked(bound, '192.0.2.1:8080')).toBe(200);
    expect(await asked(bound, '192.0.2.2:8080')).toBe(403);
    const open = at('0.0.0.0', ['*']);
    expect(await asked(open, 'build.example')).toBe(200);
  });

  it('cannot make a browser change anything', async () => {
    const send = (headers: Record<string, string>) => world.json('POST', `${path}/validate`, { definition }, headers);
    const host = 'localhost:8080';
    for (const foreign of [
      { host, origin: 'https://evil.example' },
      { host, origin: 'http://localhost:9999' },
      { host, origin: 'null' },
      { host, 'sec-fetch-site': 'cross-site' },
      { host, 'sec-fetch-site': 'same-site' },
    ])
      await problem(await send(foreign), 403, 'request.refused');
    expect((await send({ host, origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await send({ host })).status).toBe(200);
  });

  it('is allowed nothing by the headers of an answer', async () => {
    const answer = await world.json('GET', path, undefined, { origin: 'https://evil.example' });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('input that nobody foresaw', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const bodies = [
    'null',
    '1',
    '"text"',
    '[]',
    '{}',
    '{"__proto__":{"a":1},"constructor":1,"toString":2}',
    '{"definition":{"__proto__":null,"constructor":{},"name":"gw","arch":"x86_64"}}',
    '{"definition":null}',
    '{"definition":[]}',
    '{"definition":{"name":1e999,"arch":{}}}',
    '{"definition":{"name":"gw","arch":"x86_64","image":{"formats":{"length":1e9}}}}',
    '{"definition":{"name":"\\u0000\\ud800","arch":"x86_64"}}',
    `{"definition":{"name":${JSON.stringify('x'.repeat(1 << 20))},"arch":"x86_64"}}`,
    `{"definition":${nested(100_000)}}`,
    `{"definition":{"name":"gw","arch":"x86_64","kernel":${'{"config":'.repeat(200)}1${'}'.repeat(200)}}}`,
    '{"stage":"constructor"}',
    '{"from":"../.."}',
    '{"kind":"__proto__","name":"constructor"}',
    '{',
    '[1,]',
    '{"a":1,}',
    'a: &a [*a]',
    'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c]',
    'name: !!binary x',
    'name: *nowhere',
    '? {a: b}\n: c',
    nested(20_000),
    `a: ${nested(100_000)}`,
    `${'- '.repeat(50_000)}x`,
    `${'? '.repeat(50_000)}x`,
    '\ufeff{}',
    '\0',
  ];
  const codeOf = async (answer: Response) => Problem.parse(await answer.json()).code;
  const targets = [
    ['POST', path],
    ['POST', `${path}/validate`],
    ['POST', `${path}/lock`],
    ['PUT', `${path}/:distribution`],
    ['POST', `${path}/:distribution/build`],
    ['POST', `${path}/:distribution/lock`],
    ['POST', '/v1/builds/:build/retry'],
    ['POST', '/v1/components'],
    ['PUT', '/v1/components/init/mine'],
    ['POST', '/v1/stage-images/pull'],
    ['POST', '/v1/stage-images/build'],
  ] as const;

  let build: BuildRecord;
  beforeAll(async () => {
    build = await world.queued('there');
  });

  it.each(targets)('is refused, never a problem of the server: %s %s', async (method, named) => {
    const target = named.replace(':distribution', build.distributionId ?? '').replace(':build', build.id);
    for (const body of bodies)
      for (const type of ['application/json', 'application/yaml', 'text/plain']) {
        const answer = await world.app.request(target, { method, body, headers: { 'content-type': type } });
        expect(`${answer.status} for ${type} ${body.slice(0, 60)}`).toMatch(/^[24]/);
        if (answer.status >= 400) await problem(answer, answer.status, await codeOf(answer.clone()));
      }
  });

  it('is refused in paths, queries and headers as well', async () => {
    const odd = [
      '%00',
      '%FF',
      '%2e%2e%2f',
      '__proto__',
      'constructor',
      'x'.repeat(5000),
      "'%20OR%201=1--",
      '%E2%82%AC',
    ];
    for (const one of odd)
      for (const target of [
        `/v1/builds/${one}`,
        `/v1/builds/${one}/events`,
        `/v1/artifacts/${one}/content`,
        `${path}/${one}`,
        `${path}/${one}/locks/${one}`,
        `/v1/components/${one}/${one}`,
        `/v1/builds?state=${one}&cursor=${one}`,
        `/v1/builds?${one}=${one}`,
        `${path}?name=${one}`,
        `/${one}`,
      ])
        expect(`${(await world.app.request(target)).status} ${target}`).toMatch(/^[24]/);
    for (const name of ['range', 'if-none-match', 'last-event-id', 'accept', 'idempotency-key'])
      for (const value of ['', ',', ';;q=', 'a'.repeat(9000), '\u00e9'])
        for (const target of [
          `/v1/builds/${build.id}/events`,
          `/v1/builds/${build.id}/logs`,
          '/v1/artifacts/a1/content',
        ]) {
          const answer = await world.app.request(target, { headers: { [name]: value } });
          expect(answer.status).toBeLessThan(500);
          // The events of a queued build have no end.
          await answer.body?.cancel();
        }
  });
});
