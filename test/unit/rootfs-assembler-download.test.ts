import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceFile } from '../../src/stages/lock.ts';
import { StageFailure } from '../../stage-images/contract/failure.ts';
import { type FetchOptions, fetchSources } from '../../stage-images/rootfs-assembler/fetch-sources.ts';

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

function fetchAll(sources: SourceFile[], more: Partial<FetchOptions> = {}) {
  return fetchSources(sources, folder, { progress: () => undefined, log: () => undefined, backOffMs: 1, ...more });
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

  test('faults of different kinds come out together', async () => {
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
      fetchSources([source('a', 'alpha')], '/dev/null/store', { progress: () => undefined, log: () => undefined }),
    ).rejects.toThrow('ENOTDIR');
  });
});
