/** The files of the web UI, and what a browser gets at which address. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AccessTable } from '../../../src/api/route.ts';
import { webuiRoutes } from '../../../src/api/routes/webui.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';

let folder: string;
let app: Hono;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-webui-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>LDF</title>');
  await writeFile(join(folder, 'assets/index-1a2b.js'), 'plain');
  await writeFile(join(folder, 'assets/index-1a2b.js.br'), 'small');
  app = new Hono().route('/', webuiRoutes(folder, new AccessTable()));
});

afterEach(() => rm(folder, { recursive: true }));

const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

describe('the web UI', () => {
  it('has its page at every address that is not the API’s', async () => {
    for (const path of ['/', '/builds/01m8', '/distributions/new']) {
      const answer = await app.request(path, browser);
      expect(await answer.text()).toBe('<title>LDF</title>');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self';");
    }
    for (const path of ['/v1/nothing', '/metrics/x', '/healthz/x'])
      expect((await app.request(path, browser)).status).toBe(404);
  });

  it('is not given to programs, which get a problem document', async () => {
    const world = await ApiWorld.open({ idle: true });
    onTestFinished(() => world.close());
    const answer = await world.app.request('/nothing');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect((await world.app.request('/v1/builds', { ...browser, method: 'PATCH' })).status).toBe(405);
  });

  it('sends a file as small as the browser takes it, and for ever', async () => {
    const small = await app.request('/assets/index-1a2b.js', { headers: { 'accept-encoding': 'gzip, br' } });
    expect([await small.text(), small.headers.get('content-encoding')]).toEqual(['small', 'br']);
    expect(small.headers.get('content-type')).toContain('javascript');
    expect(small.headers.get('cache-control')).toContain('immutable');
    expect(await (await app.request('/assets/index-1a2b.js')).text()).toBe('plain');
  });

  it('gives no file beside it', async () => {
    await writeFile(join(folder, 'secret'), 'x');
    for (const path of ['/secret', '/assets/../secret', '/assets/..%2fsecret'])
      expect((await app.request(path)).status).toBe(404);
  });

  it('says how to get it when it was not built', async () => {
    await rm(join(folder, 'index.html'));
    const answer = await app.request('/', browser);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('npm run build')]);
  });
});
