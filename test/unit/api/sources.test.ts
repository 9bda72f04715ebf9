/** Files that are sent to the source store. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { streamedPaths } from '../../../src/api/body-limits.ts';
import { apiBounds } from '../../../src/config.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';

let world: ApiWorld;
beforeEach(async () => {
  world = await ApiWorld.open({ idle: true });
});
afterEach(() => world.close());

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const arriving = () => readdir(join(world.world.dataDir, 'arriving')).catch(() => []);

function send(
  content: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array>,
  query: string,
  type = 'application/octet-stream',
) {
  const headers = { 'content-type': type };
  const init = { method: 'POST', headers, body: content, duplex: 'half' as const };
  return world.app.request(`/v1/sources?${query}`, init);
}

/** A body that is never in memory as a whole. */
function endless(chunk: Uint8Array, until = Number.POSITIVE_INFINITY): ReadableStream<Uint8Array> {
  let count = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (count++ < until) controller.enqueue(chunk);
      else controller.close();
    },
  });
}

/** What the volume of the store holds. */
function stored(hash: string): Buffer | undefined {
  const { runtime } = world.world;
  const names = [...runtime.volumes].filter(([, { role }]) => role === 'sources').map(([name]) => name);
  return names.map((name) => runtime.volume(name).files.get(`sha256/${hash}`)).find((file) => file !== undefined);
}

describe('a file that is sent', () => {
  it('is in the store by the hash of what came', async () => {
    const content = randomBytes(3 << 20);
    const hash = sha256(content);
    const answer = await send(content, `filename=linux-6.12.40.tar.xz&sha256=${hash}`);
    expect([answer.status, await answer.json()]).toEqual([
      201,
      { sha256: hash, sizeBytes: content.length, filename: 'linux-6.12.40.tar.xz' },
    ]);
    expect(stored(hash)?.equals(content)).toBe(true);
    expect(await world.world.store.useSources([hash])).toEqual(new Set([hash]));
    expect(await arriving()).toEqual([]);
    // It may come once more.
    expect((await send(content, 'filename=linux.tar')).status).toBe(201);
  });

  it('is refused when it is another than was announced, and nothing is kept', async () => {
    const content = randomBytes(100);
    const wanted = 'f'.repeat(64);
    const { errors } = await problem(await send(content, `filename=a.tar&sha256=${wanted}`), 400, 'request.invalid');
    expect(errors).toMatchObject([
      { pointer: '/sha256', value: JSON.stringify(wanted), message: expect.stringContaining(sha256(content)) },
    ]);
    expect(stored(sha256(content))).toBeUndefined();
    expect(await world.world.store.listSources()).toEqual([]);
    expect(await arriving()).toEqual([]);
  });

  it('is no more than the bound, however long it lasts', async () => {
    const bounds = apiBounds as { maxSourceBytes: number };
    const usual = bounds.maxSourceBytes;
    bounds.maxSourceBytes = 1 << 20;
    try {
      const body = endless(new Uint8Array(64 << 10));
      const { hint } = await problem(await send(body, 'filename=a.tar'), 413, 'body.too-large');
      expect(hint).toContain('archive');
      expect((await send(endless(new Uint8Array(64 << 10), 16), 'filename=a.tar')).status).toBe(201);
    } finally {
      bounds.maxSourceBytes = usual;
    }
    expect(await arriving()).toEqual([]);
  });

  it('whose connection is cut leaves nothing', async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) =>
        sent++ < 3 ? controller.enqueue(new Uint8Array(1000)) : controller.error(new Error('cut')),
    });
    expect((await send(body, 'filename=a.tar')).status).toBeGreaterThanOrEqual(400);
    expect(await world.world.store.listSources()).toEqual([]);
    expect(await arriving()).toEqual([]);
  });

  it.each([
    ['filename=..%2Fa', 'application/octet-stream', 400, 'request.invalid'],
    ['', 'application/octet-stream', 400, 'request.invalid'],
    ['filename=a.tar&sha256=abc', 'application/octet-stream', 400, 'request.invalid'],
    ['filename=a.tar', 'application/json', 415, 'media-type.unsupported'],
  ])('%s as %s is refused', async (query, type, status, code) => {
    await problem(await send('x', query, type), status, code);
  });

  it('is not empty', async () => {
    await problem(await send(new Uint8Array(0), 'filename=a.tar'), 400, 'request.invalid');
  });

  it('waits in no line without end: of many at once the last are refused', async () => {
    let release = () => undefined as undefined;
    const gate = new Promise<void>((open) => {
      release = () => void open();
    });
    const held = () =>
      new ReadableStream<Uint8Array>({
        async start(controller) {
          controller.enqueue(new Uint8Array(10));
          await gate;
          controller.close();
        },
      });
    const first = Array.from({ length: 4 }, () => send(held(), 'filename=a.tar'));
    await expect.poll(async () => (await arriving()).length).toBe(4);
    await problem(await send('x', 'filename=a.tar'), 503, 'server.busy');
    release();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  });

  it('has a path that is streamed', () => {
    expect(streamedPaths.has('/v1/sources')).toBe(true);
  });
});
