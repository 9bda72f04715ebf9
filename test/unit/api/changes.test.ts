/** The one stream of what changes, and lists that are asked for again. */
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ChangeFeed } from '../../../src/api/change-feed.ts';
import { BuildSummary } from '../../../src/model/build.ts';
import type { Change } from '../../../src/model/change.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';
import { database } from '../engine/harness.ts';

let world: ApiWorld;

beforeEach(async () => {
  world = await ApiWorld.open({ idle: true });
});
afterEach(() => world.close());

async function listed(path: string): Promise<unknown[]> {
  return z.object({ items: z.array(z.unknown()) }).parse(await (await world.app.request(path)).json()).items;
}

interface Told {
  id: number;
  change: Change;
}

/** Reads events one by one. */
async function follow(lastId?: number, headers: Record<string, string> = {}) {
  const resumed = lastId === undefined ? {} : { 'Last-Event-ID': String(lastId) };
  const answer = await world.app.request('/v1/events', { headers: { ...resumed, ...headers } });
  if (!answer.body) throw new Error('there is no body');
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<Told> => {
    for (;;) {
      const event = /(?:^|\n\n)event: (\S+)\nid: (\d+)\ndata: (.*)\n\n/.exec(text);
      if (event) {
        text = text.slice(event.index + event[0].length);
        return { id: Number(event[2]), change: JSON.parse(event[3] ?? '') };
      }
      const { done, value } = await reader.read();
      if (done) throw new Error(`the stream ended after ${text}`);
      text += value;
    }
  };
  const until = async (wanted: (change: Change) => boolean): Promise<Told> => {
    for (;;) {
      const told = await next();
      if (wanted(told.change)) return told;
    }
  };
  return { next, until, close: () => reader.cancel() };
}

describe('the stream of changes', () => {
  it('begins with the word to read the lists, then tells what changes in them', async () => {
    const stream = await follow();
    expect((await stream.next()).change).toEqual({ type: 'reset' });
    const { id, distributionId } = await world.queued();
    // Each is told when it has changed last: in which order, depends on what changed when.
    const told = new Map<string, Change>();
    await stream.until((change) => {
      told.set(change.type, change);
      return told.get('queue') !== undefined && change.type === 'build' && change.build.stages.length > 0;
    });
    expect(told.get('build')).toEqual({ type: 'build', build: (await world.engine.list({ limit: 1 })).items[0] });
    expect(told.get('distribution')).toEqual({
      type: 'distribution',
      distribution: (await listed('/v1/distributions'))[0],
    });
    expect(told.get('queue')).toEqual({ type: 'queue', running: 0, queued: 1, next: [id] });
    await world.engine.cancel(id);
    await stream.until((one) => one.type === 'build' && one.build.state === 'cancelled');
    await world.engine.remove(id);
    expect((await stream.until(({ type }) => type === 'removed')).change).toEqual({
      type: 'removed',
      what: 'build',
      id,
    });
    await world.store.deleteDistribution(distributionId ?? '');
    expect((await stream.until((one) => one.type === 'removed' && one.what === 'distribution')).change).toMatchObject({
      id: distributionId,
    });
    await stream.close();
  });

  it('continues after the id that was seen last, without loss', async () => {
    const first = await follow();
    const { id: seen } = await first.next();
    await first.close();
    const { id } = await world.queued();
    const second = await follow(seen);
    expect((await second.next()).id).toBeGreaterThan(seen);
    await second.until((one) => one.type === 'build' && one.build.id === id);
    await second.close();
  });

  it('says so when it cannot be continued: an id that is not of this database, or too many changes ago', async () => {
    const stream = await follow(999_999);
    expect((await stream.next()).change).toEqual({ type: 'reset' });
    await stream.close();
    await world.queued();
    const feed = new ChangeFeed(world.services(), { keptChanges: 1 });
    const batches = feed.follow(0, new Set(['build']), AbortSignal.timeout(60_000));
    expect((await batches.next()).value).toMatchObject([{ change: { type: 'reset' } }]);
    await batches.return(undefined);
  });

  it('tells what another process on the same database changes', async () => {
    const stream = await follow();
    await stream.next();
    const other = await openStore(`file:${database}`);
    await other.createDistribution({
      name: 'elsewhere',
      version: '1',
      arch: 'x86_64',
      definition: { name: 'elsewhere' },
    });
    const { change } = await stream.until(({ type }) => type === 'distribution');
    expect(change).toMatchObject({ distribution: { name: 'elsewhere' } });
    await other.putComponent({ kind: 'init', name: 'mine', spec: {} });
    expect((await stream.until(({ type }) => type === 'component')).change).toMatchObject({ id: 'init/mine' });
    await other.close();
    await stream.close();
  });

  it('tells each only what it may read', async () => {
    const feed = new ChangeFeed(world.services());
    const stop = new AbortController();
    const batches = feed.follow(0, new Set(['distribution']), stop.signal);
    await world.queued();
    const told = await batches.next();
    const types = told.done ? [] : told.value.map(({ change }) => change.type);
    expect(new Set(types)).toEqual(new Set(['distribution']));
    stop.abort();
    await batches.return(undefined);
  });

  it('has so many followers and no more, and a place again when one has gone', async () => {
    const feed = new ChangeFeed(world.services(), { maxFollowers: 1 });
    const first = new AbortController();
    feed.join(first.signal);
    expect(() => feed.join(new AbortController().signal)).toThrow('1 clients follow the changes already.');
    first.abort();
    feed.join(new AbortController().signal);
  });

  it('keeps no more changes than somebody could continue from', async () => {
    const feed = new ChangeFeed(world.services(), { keptChanges: 2, changesAtOnce: 1, changePollMs: 1 });
    const stop = new AbortController();
    const batches = feed.follow(undefined, new Set(['component']), stop.signal);
    await batches.next();
    const waiting = batches.next();
    for (const name of ['a', 'b', 'c', 'd']) await world.store.putComponent({ kind: 'init', name, spec: {} });
    await waiting;
    await expect.poll(() => world.store.changesAfter(0, 100).then(({ length }) => length)).toBe(2);
    stop.abort();
    await batches.return(undefined);
  });
});

describe('compression', () => {
  it('is for who takes it, and changes a strong ETag, which If-Match still knows', async () => {
    const { distributionId } = await world.queued();
    const path = `/v1/distributions/${distributionId}`;
    const plain = await world.app.request(path);
    const zipped = await world.app.request(path, { headers: { 'Accept-Encoding': 'gzip, br' } });
    expect([plain.headers.get('content-encoding'), zipped.headers.get('content-encoding')]).toEqual([null, 'gzip']);
    expect([plain.headers.get('vary'), zipped.headers.get('vary')]).toEqual(['Accept-Encoding', 'Accept-Encoding']);
    expect(gunzipSync(await zipped.arrayBuffer()).toString()).toBe(await plain.text());
    const tag = zipped.headers.get('etag') ?? '';
    expect(tag).toBe((plain.headers.get('etag') ?? '').replace(/"$/, '-gzip"'));
    const body = { definition: { name: 'gw', version: '2.0', arch: 'x86_64' } };
    expect((await world.json('PUT', path, body, { 'If-Match': tag })).status).toBe(200);
    await problem(await world.json('PUT', path, body, { 'If-Match': tag }), 412, 'revision.stale');
    expect(
      (await world.app.request(path, { headers: { 'Accept-Encoding': 'gzip;q=0' } })).headers.get('content-encoding'),
    ).toBeNull();
  });

  it('lets every event through as it comes', async () => {
    const answer = await world.app.request('/v1/events', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    const text = answer.body?.pipeThrough(new DecompressionStream('gzip')).pipeThrough(new TextDecoderStream());
    const reader = text?.getReader();
    let read = '';
    const until = async (part: string) => {
      while (!read.includes(part)) {
        const { value } = (await reader?.read()) ?? {};
        if (value === undefined) throw new Error(`the stream ended after ${read}`);
        read += value;
      }
    };
    await until('event: reset');
    await world.queued('first');
    await until('"name":"first"');
    await world.queued('second');
    await until('"name":"second"');
    await reader?.cancel();
  });

  it('leaves artifacts alone', async () => {
    const { id } = await world.queued();
    const { id: artifact } = await world.artifact(
      id,
      'sha256sums.txt',
      Buffer.from('0123456789'.repeat(500)),
      earlierFacts('checksums'),
    );
    for (const range of [{}, { Range: 'bytes=0-3' }]) {
      const answer = await world.app.request(`/v1/artifacts/${artifact}/content`, {
        headers: { 'Accept-Encoding': 'gzip', ...range },
      });
      expect(answer.headers.get('content-encoding')).toBeNull();
      await answer.body?.cancel();
    }
  });
});

describe('a list that is asked for again', () => {
  it.each(['/v1/builds', '/v1/distributions', '/v1/components', '/v1/stage-images'])(
    '%s is not sent again while it is the same',
    async (path) => {
      const first = await world.app.request(path, { headers: { 'Accept-Encoding': 'gzip' } });
      const tag = first.headers.get('etag') ?? '';
      expect([tag.startsWith('W/"'), first.headers.get('cache-control')]).toEqual([true, 'private, no-cache']);
      await first.body?.cancel();
      // However it is compressed, and however weak the comparison.
      const again = await world.app.request(path, { headers: { 'If-None-Match': tag } });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
    },
  );

  it('is sent again when it has changed', async () => {
    const tag = (await world.app.request('/v1/builds')).headers.get('etag') ?? '';
    await world.queued();
    expect((await world.app.request('/v1/builds', { headers: { 'If-None-Match': tag } })).status).toBe(200);
  });
});

describe('a build in a list', () => {
  it('has neither its error’s details nor its artifacts, and a message of bounded length', async () => {
    await world.close();
    world = await ApiWorld.open();
    world.runtime.script('resolve', async (stage) =>
      stage.fail({ code: 'package.unknown', message: 'x'.repeat(5_000) }),
    );
    const build = await world.built();
    const items = await listed('/v1/builds');
    expect(items[0]).toMatchObject({ id: build.id, error: { code: 'package.unknown', stage: 'resolve' } });
    const { error, ...rest } = BuildSummary.parse(items[0]);
    expect(Object.keys(rest)).not.toContain('artifacts');
    expect(error?.message).toHaveLength(300);
    expect(build.error?.message.length).toBeGreaterThan(300);
  });
});
