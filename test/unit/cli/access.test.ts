/** With what the command line asks a server, and what it gives people to come in with. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccessControl } from '../../../src/access/access-control.ts';
import { run } from '../../../src/cli/run.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { Served } from '../../fixtures/engine/served.ts';
import { testTerminal } from './terminal.ts';

let folder: string;
let api: ApiWorld;
let server: Served;
const token = 'ldf_0123456789012345678901234567890123456789';

beforeAll(async () => {
  api = await ApiWorld.open({ access: new AccessControl([{ token }]), idle: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-cli-access-'));
  server = await Served.open(api.app);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});
afterAll(() => api.close());

async function ldf(env: Record<string, string>, ...words: string[]) {
  const terminal = testTerminal({ cwd: folder, env: { LDF_DATA_DIR: folder, ...env } });
  const exitCode = await run(words, terminal);
  return { exitCode, out: terminal.out(), err: terminal.err() };
}

const notice = (change: object = {}) =>
  writeFile(join(folder, 'server.json'), JSON.stringify({ url: server.url, pid: process.pid, token, ...change }));
const sent = () => new Set(server.requests.map(({ headers }) => headers.get('authorization')));

describe('a command', () => {
  it('sends LDF_TOKEN to the server that is named, with every request', async () => {
    expect((await ldf({ LDF_SERVER: server.url, LDF_TOKEN: token }, 'builds')).exitCode).toBe(0);
    expect(sent()).toEqual(new Set([`Bearer ${token}`]));
  });

  it('finds the token of the server on its data folder, named or not', async () => {
    await notice();
    expect((await ldf({}, 'builds')).exitCode).toBe(0);
    expect((await ldf({}, '--server', `${server.url}/`, 'builds')).exitCode).toBe(0);
    expect(sent()).toEqual(new Set([`Bearer ${token}`]));
  });

  it('sends no token of one server to another', async () => {
    await notice({ url: 'http://127.0.0.1:1' });
    expect((await ldf({}, '--server', server.url, 'builds')).exitCode).toBe(2);
    expect(sent()).toEqual(new Set([null]));
  });

  it('says what to set when the server does not know it, and asks for nothing more', async () => {
    const { exitCode, err } = await ldf({ LDF_SERVER: server.url }, 'builds');
    expect(exitCode).toBe(2);
    expect(err).toContain('LDF_TOKEN');
    expect(server.requests.map(({ path }) => path)).toEqual(['/healthz', '/v1/session']);
  });

  it('sends no token over plain HTTP beyond this machine', async () => {
    for (const address of ['http://192.0.2.1:8080', 'http://127.0.0.1.example:8080']) {
      const { exitCode, err } = await ldf({ LDF_SERVER: address, LDF_TOKEN: token }, 'builds');
      expect(exitCode).toBe(2);
      expect(err).toContain('plain HTTP');
      expect(err).not.toContain(token);
    }
  });
});

describe('ldf token', () => {
  it('prints the one that is kept, made at the first call', async () => {
    const first = await ldf({}, 'token');
    expect(first.out).toMatch(/^ldf_[\w-]{43}\n$/);
    expect(await readFile(join(folder, 'token'), 'utf8')).toBe(first.out);
    expect((await stat(join(folder, 'token'))).mode & 0o777).toBe(0o600);
    expect((await ldf({}, 'token')).out).toBe(first.out);
  });

  it('prints that of the server which was told one, and not that of a command', async () => {
    await notice();
    expect((await ldf({}, 'token')).out).toBe(`${token}\n`);
    await notice({ temporary: true });
    expect((await ldf({}, 'token')).out).not.toBe(`${token}\n`);
    expect((await ldf({ LDF_TOKEN: 'x'.repeat(32) }, 'token')).out).toBe(`${'x'.repeat(32)}\n`);
    expect((await ldf({}, '--server', server.url, 'token')).exitCode).toBe(2);
  });
});

describe('ldf open', () => {
  it('prints a link with a code in its fragment', async () => {
    await notice();
    const opened = await ldf({}, 'open');
    expect(opened.out).toMatch(new RegExp(`^${server.url}/#code=[\\w-]+\n$`));
    const code = opened.out.trim().split('#code=')[1];
    expect((await api.json('POST', '/v1/session', { code })).status).toBe(200);
    const through = await ldf({}, 'open', '--no-browser', '--url', 'http://localhost:9090');
    expect(through.out).toMatch(/^http:\/\/localhost:9090\/#code=[\w-]+\n$/);
    expect((await ldf({}, 'open', '--url', 'localhost:9090')).exitCode).toBe(2);
  });
});
