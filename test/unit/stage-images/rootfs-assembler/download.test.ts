import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type StageNetwork, straightNetwork } from '../../../../src/stages/network.ts';
import type { SourceFile } from '../../../../src/stages/source-file.ts';
import { StageFailure } from '../../../../stage-images/contract/failure.ts';
import { type FetchOptions, fetchSources } from '../../../../stage-images/rootfs-assembler/fetch-sources.ts';
import { Reachable } from '../../../../stage-images/rootfs-assembler/reachable.ts';
import { WebClient } from '../../../../stage-images/rootfs-assembler/web-client.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let folder = '';
let server: Server;
let asked: string[] = [];
/** What the server does for each path; anything else is a 404. */
let answers: Record<string, RequestListener> = {};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-store-'));
  asked = [];
  answers = {};
  client = clientOf(network);
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers[path];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

function source(name: string, content: string): SourceFile {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/${name}`;
  return { url, filename: name, sha256: sha256(content), sizeBytes: Buffer.byteLength(content) };
}

const serve =
  (content: string): RequestListener =>
  (_request, response) =>
    void response.end(content);

/** May ask the server of these tests, which is on a loopback address. */
const network = { ...straightNetwork, allowed: ['127.0.0.1'] };
let client: WebClient;
const elsewhere = { mirrors: [], snapshot: null, dates: [] };

function clientOf(settings: StageNetwork): WebClient {
  return new WebClient(settings, new Reachable({ allowed: settings.allowed, mirrors: settings.mirrors }), undefined);
}

function fetchAll(sources: SourceFile[], more: Partial<FetchOptions> = {}): ReturnType<typeof fetchSources> {
  const quiet = { progress: () => undefined, log: () => undefined };
  return fetchSources(sources, folder, { ...quiet, client, elsewhere, attempts: 3, backOffMs: 1, ...more });
}

async function failureOf(promise: Promise<unknown>): Promise<StageFailure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StageFailure)) throw new Error(`not a StageFailure: ${String(error)}`);
  return error;
}

describe('download', () => {
  test('fetches what is missing under its hash, each file once', async () => {
    answers = { '/a': serve('alpha'), '/b': serve('beta') };
    const fractions: number[] = [];
    const progress = (fraction: number) => void fractions.push(fraction);
    const sources = [source('a', 'alpha'), source('b', 'beta'), source('a', 'alpha')];
    expect(await fetchAll(sources, { progress })).toEqual({ fetched: 2, fetchedBytes: 9, present: 0 });
    expect(await readFile(join(folder, sha256('alpha')), 'utf8')).toBe('alpha');
    expect((await readdir(folder)).sort()).toEqual([sha256('alpha'), sha256('beta')].sort());
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });

  test('a file that is there is not asked for; one of another size is fetched anew', async () => {
    answers = { '/b': serve('beta') };
    await writeFile(join(folder, sha256('alpha')), 'alpha');
    await writeFile(join(folder, sha256('beta')), 'be');
    const data = await fetchAll([source('a', 'alpha'), source('b', 'beta')]);
    expect(data).toEqual({ fetched: 1, fetchedBytes: 4, present: 1 });
    expect(asked).toEqual(['/b']);
  });

  test('other content of the same size is refused and leaves nothing', async () => {
    answers = { '/a': serve('ALPHA') };
    const { error } = await failureOf(fetchAll([source('a', 'alpha')]));
    expect(error.code).toBe('source.hash-mismatch');
    expect(error.message).toContain(sha256('alpha'));
    expect(error.message).toContain(sha256('ALPHA'));
    expect(asked).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('content that does not end is cut off', async () => {
    const wanted = 'x'.repeat(10);
    answers = { '/a': (_request, response) => void response.end('x'.repeat(1_000_000)) };
    const { error } = await failureOf(fetchAll([source('a', wanted)]));
    expect(error.code).toBe('source.hash-mismatch');
    expect(await readdir(folder)).toEqual([]);
  });

  test('a file that is gone is not asked for again', async () => {
    answers = { '/b': (_request, response) => void response.writeHead(410).end() };
    const { error, fault } = await failureOf(fetchAll([source('a', 'alpha'), source('b', 'beta')]));
    expect(error).toMatchObject({ code: 'source.gone', hint: expect.stringContaining('ldf lock --update') });
    expect(error.details).toHaveLength(2);
    expect(fault).toBe('user');
    expect(asked.sort()).toEqual(['/a', '/b']);
  });

  test('a body that breaks off is fetched again', async () => {
    let attempts = 0;
    answers = {
      '/a': (_request, response) => {
        attempts++;
        if (attempts > 1) return void response.end('alpha');
        response.writeHead(200, { 'content-length': 5 });
        response.write('al', () => response.destroy());
      },
    };
    const log: string[] = [];
    const data = await fetchAll([source('a', 'alpha')], { log: (line) => log.push(line) });
    expect(data.fetched).toBe(1);
    expect(log).toHaveLength(1);
  });

  test('a short body without a length is fetched again', async () => {
    let attempts = 0;
    answers = { '/a': (_request, response) => void response.end(++attempts === 1 ? 'al' : 'alpha') };
    expect((await fetchAll([source('a', 'alpha')])).fetched).toBe(1);
    expect(attempts).toBe(2);
  });

  test('a server in trouble is asked three times', async () => {
    answers = { '/a': (_request, response) => void response.writeHead(503).end() };
    const { error } = await failureOf(fetchAll([source('a', 'alpha')]));
    expect(error.code).toBe('source.unreachable');
    expect(error.message).toContain('HTTP 503');
    expect(asked).toHaveLength(3);
  });

  test('a transfer that stands still is broken off', async () => {
    answers = {
      '/a': (_request, response) => {
        response.writeHead(200, { 'content-length': 5 });
        response.write('al');
      },
    };
    const { error } = await failureOf(fetchAll([source('a', 'alpha')], { stallMs: 50, attempts: 1 }));
    expect(error.message).toContain('nothing came for');
    expect(await readdir(folder)).toEqual([]);
  });

  test('nobody listening is unreachable, with the reason', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const { error } = await failureOf(fetchAll([{ ...source('a', 'alpha'), url: `http://127.0.0.1:${port}/a` }]));
    expect(error.code).toBe('source.unreachable');
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('problems of different kinds come out together', async () => {
    answers = { '/b': serve('BETA') };
    const { error } = await failureOf(fetchAll([source('a', 'alpha'), source('b', 'beta')]));
    expect(error.code).toBe('source.unavailable');
    expect(error.message).toBe('2 source files could not be fetched.');
    expect(error.details?.map(({ hint }) => hint)).toHaveLength(2);
  });

  test('what an interrupted download left is removed; what another one is writing stays', async () => {
    const old = join(folder, `${sha256('alpha')}.1.partial`);
    await writeFile(old, 'al');
    await utimes(old, 0, 0);
    await writeFile(join(folder, `${sha256('beta')}.2.partial`), 'be');
    await fetchAll([]);
    expect(await readdir(folder)).toEqual([`${sha256('beta')}.2.partial`]);
  });

  test('a store that cannot be written is not the network’s fault', async () => {
    answers = { '/a': serve('alpha') };
    await expect(
      fetchSources([source('a', 'alpha')], '/dev/null/store', {
        ...{ progress: () => undefined, log: () => undefined, client, elsewhere },
      }),
    ).rejects.toThrow('ENOTDIR');
  });

  test('a transfer that breaks off continues where it stopped, when the server can do that', async () => {
    const ranges: (string | undefined)[] = [];
    answers = {
      '/a': (request, response) => {
        ranges.push(request.headers.range);
        const headers = { etag: '"1"', 'accept-ranges': 'bytes' };
        if (request.headers.range) {
          response.writeHead(206, { ...headers, 'content-range': 'bytes 2-4/5', 'content-length': 3 });
          return void response.end('pha');
        }
        response.writeHead(200, { ...headers, 'content-length': 5 });
        response.write('al');
        broken = response;
      },
    };
    const fractions: number[] = [];
    let broken: ServerResponse | undefined;
    // Only what was taken in counts: bytes that were on their way may be lost with the connection.
    const progress = (fraction: number) => {
      fractions.push(fraction);
      if (fraction > 0) broken?.destroy();
    };
    await fetchAll([source('a', 'alpha')], { progress });
    expect(ranges).toEqual([undefined, 'bytes=2-']);
    expect(await readFile(join(folder, sha256('alpha')), 'utf8')).toBe('alpha');
    expect(fractions.at(-1)).toBe(1);
    expect(await readdir(folder)).toEqual([sha256('alpha')]);
  });

  test('a file that changed while it was fetched is begun anew', async () => {
    let attempts = 0;
    answers = {
      '/a': (_request, response) => {
        attempts++;
        const headers = { etag: `"${attempts}"`, 'accept-ranges': 'bytes', 'content-length': 5 };
        response.writeHead(200, headers);
        if (attempts > 1) return void response.end('alpha');
        response.write('AL', () => response.destroy());
      },
    };
    expect((await fetchAll([source('a', 'alpha')])).fetched).toBe(1);
  });

  describe('a file that is gone from where it was found', () => {
    const locked = () => {
      const { url, ...rest } = source('x', 'alpha');
      return { ...rest, url: url.replace('/x', '/old/debian/pool/main/a/alpha.deb'), filename: 'alpha.deb' };
    };
    const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    test('is asked of other mirrors, those of the same archive first', async () => {
      answers = { '/new/debian/pool/main/a/alpha.deb': serve('alpha') };
      const log: string[] = [];
      const mirrors = [`${base()}/debian-security`, `${base()}/none/debian`, `${base()}/new/debian`];
      await fetchAll([locked()], { elsewhere: { ...elsewhere, mirrors }, log: (line) => log.push(line) });
      expect(asked).toEqual([
        '/old/debian/pool/main/a/alpha.deb',
        '/none/debian/pool/main/a/alpha.deb',
        '/new/debian/pool/main/a/alpha.deb',
      ]);
      expect(log[0]).toContain('HTTP 404');
    });

    test.each([
      ['/by-hash/{sha256}', `/by-hash/${sha256('alpha')}`],
      ['/archive/{archive}/{timestamp}/{path}', '/archive/debian/20231114T221320Z/pool/main/a/alpha.deb'],
    ])('is asked of a snapshot archive at %s last', async (template, path) => {
      answers = { [path]: serve('alpha') };
      const snapshot = `${base()}${template}`;
      const where = { mirrors: [`${base()}/debian`], snapshot, dates: [1_700_000_000, 1_700_000_000] };
      await fetchAll([locked()], { elsewhere: where });
      expect(asked).toEqual(['/old/debian/pool/main/a/alpha.deb', '/debian/pool/main/a/alpha.deb', path]);
    });

    test('fails with every address that was asked', async () => {
      answers = { '/by-hash/alpha.deb': serve('ALPHA') };
      const where = { mirrors: [`${base()}/debian`], snapshot: `${base()}/by-hash/{filename}`, dates: [] };
      const { error } = await failureOf(fetchAll([locked()], { elsewhere: where }));
      expect(error.code).toBe('source.gone');
      for (const path of ['/old/debian/pool', '/debian/pool', '/by-hash/alpha.deb'])
        expect(error.message).toContain(`${base()}${path}`);
      expect(error.message).toContain('3 addresses');
      expect(error.hint).toContain('LDF_SNAPSHOT_URL');
      expect(await readdir(folder)).toEqual([]);
    });
  });

  test('as long a wait as a busy server asks for is kept, within a bound', async () => {
    let attempts = 0;
    answers = {
      '/a': (_request, response) =>
        ++attempts === 1
          ? void response.writeHead(429, { 'retry-after': '3600' }).end()
          : void response.writeHead(200).end('alpha'),
    };
    const began = performance.now();
    await fetchAll([source('a', 'alpha')], { maxWaitMs: 200 });
    expect(performance.now() - began).toBeGreaterThanOrEqual(190);
  });

  describe('what is not public', () => {
    test('is not asked, whatever it would answer', async () => {
      client = clientOf(straightNetwork);
      answers = { '/a': serve('alpha') };
      const { error } = await failureOf(fetchAll([source('a', 'alpha')]));
      expect(error.code).toBe('source.refused');
      expect(error.hint).toContain('LDF_ALLOWED_NETWORKS');
      expect(asked).toEqual([]);
    });

    test('is not asked after a redirect either', async () => {
      const { port } = server.address() as AddressInfo;
      const reachable = new Reachable({
        ...{ allowed: ['trusted.example.org'], mirrors: [] },
        resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      });
      client = new WebClient(straightNetwork, reachable, undefined);
      for (const target of [
        `http://127.0.0.1:${port}/b`,
        `http://inner.example.org:${port}/b`,
        `http://[::1]:${port}/b`,
      ])
        for (const status of [301, 307]) {
          asked = [];
          answers = {
            '/a': (_request, response) => void response.writeHead(status, { location: target }).end(),
            '/b': serve('alpha'),
          };
          const wanted = { ...source('a', 'alpha'), url: `http://trusted.example.org:${port}/a` };
          const { error } = await failureOf(fetchAll([wanted]));
          expect([error.code, asked]).toEqual(['source.refused', ['/a']]);
          expect(error.message).not.toMatch(/HTTP [0-9]|200/);
        }
    });

    test('is not reached by a name either, which is looked up once: what was looked at is what is connected to', async () => {
      const { port } = server.address() as AddressInfo;
      let times = 0;
      const reachable = new Reachable({
        ...{ allowed: [], mirrors: [] },
        resolve: async () => {
          times++;
          return [{ address: '127.0.0.1', family: 4 }];
        },
      });
      client = new WebClient(straightNetwork, reachable, undefined);
      answers = { '/a': serve('alpha') };
      const wanted = { ...source('a', 'alpha'), url: `http://rebinding.example.org:${port}/a` };
      const { error } = await failureOf(fetchAll([wanted]));
      expect([error.code, asked, times]).toEqual(['source.refused', [], 1]);
    });
  });

  test('a host that gave none of three files is not asked for the rest of them', async () => {
    answers = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e'].map((name) => [`/${name}`, (_request, response) => void response.writeHead(503).end()]),
    );
    const sources = ['a', 'b', 'c', 'd', 'e'].map((name) => source(name, name));
    const { error } = await failureOf(fetchAll(sources, { concurrency: 1, attempts: 2 }));
    expect(asked).toEqual(['/a', '/a', '/b', '/b', '/c', '/c']);
    expect(error.details?.at(-1)?.message).toContain('/e was not asked any more');
  });

  test('redirects without end are given up', async () => {
    answers = { '/a': (_request, response) => void response.writeHead(302, { location: '/a' }).end() };
    const { error } = await failureOf(fetchAll([source('a', 'alpha')], { attempts: 1 }));
    expect(error.message).toContain('redirects more than 5 times');
  });
});
