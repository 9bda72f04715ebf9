/** Downloads: whole, in parts, and not at all when the client has the content. */

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseRange } from '../../../src/api/range.ts';
import { Artifact, ArtifactOfBuild } from '../../../src/model/artifact.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';

let world: ApiWorld;
let buildId: string;
let image: string;
let log: string;
const content = Buffer.from('0123456789');
const sha256 = createHash('sha256').update(content).digest('hex');
const etag = `"${sha256}"`;

beforeAll(async () => {
  world = await ApiWorld.open({ idle: true });
  buildId = (await world.queued()).id;
});
beforeEach(async () => {
  world.toArtifacts.calls.length = 0;
  image = (await world.artifact(buildId, "gw 1.0 (x86's).raw", content, earlierFacts('raw'))).id;
  log = (await world.artifact(buildId, 'console.log', content, earlierFacts('console'))).id;
});
afterAll(() => world.close());

/** What the API has opened of contents. */
const opened = async () => (await world.toArtifacts.resultsOf('read')).filter((one) => one instanceof Readable);

const get = (headers: Record<string, string> = {}, method = 'GET', id = image) =>
  world.app.request(`/v1/artifacts/${id}/content`, { method, headers });

/** The status of an answer of which no more is wanted. */
async function statusOf(answering: Response | Promise<Response>): Promise<number> {
  const { status, body } = await answering;
  await body?.cancel();
  return status;
}

describe('the content of an artifact', () => {
  it('comes whole, with its name, hash and size', async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('0123456789');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '10',
      etag,
      'accept-ranges': 'bytes',
      'content-disposition': "attachment; filename*=UTF-8''gw%201.0%20%28x86%27s%29.raw",
      'repr-digest': `sha-256=:${createHash('sha256').update(content).digest('base64')}:`,
      'x-content-type-options': 'nosniff',
    });
    const text = await get({}, 'GET', log);
    expect([text.headers.get('content-type'), await text.text()]).toEqual(['text/plain; charset=utf-8', '0123456789']);
  });

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=9-9', '9', 'bytes 9-9/10'],
    ['bytes=8-1000', '89', 'bytes 8-9/10'],
    ['bytes=-1000', '0123456789', 'bytes 0-9/10'],
  ])('comes in part for %s', async (range, part, contentRange) => {
    const answer = await get({ range });
    expect(answer.status).toBe(206);
    expect(await answer.text()).toBe(part);
    expect(answer.headers.get('content-range')).toBe(contentRange);
    expect(answer.headers.get('content-length')).toBe(String(part.length));
  });

  it.each(['bytes=10-', 'bytes=-0', 'bytes=99-100'])('has no part %s', async (range) => {
    const answer = await get({ range });
    expect(answer.headers.get('content-range')).toBe('bytes */10');
    await problem(answer, 416, 'range.unsatisfiable');
  });

  it.each(['bytes=3-1', 'bytes=0-1,4-5', 'lines=1-2', 'bytes=a-b', 'bytes=-', 'bytes'])(
    'comes whole for %s',
    async (range) => {
      const answer = await get({ range });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe('0123456789');
    },
  );

  it('is not sent to who has it', async () => {
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await get({ 'if-none-match': header });
      expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect(await statusOf(get({ 'if-none-match': '"other"' }))).toBe(200);
    expect(await opened()).toHaveLength(1);
  });

  it('comes in part only while If-Range holds', async () => {
    expect(await statusOf(get({ range: 'bytes=0-0', 'if-range': etag }))).toBe(206);
    for (const stale of ['"other"', `W/${etag}`, 'Wed, 21 Oct 2015 07:28:00 GMT'])
      expect(await statusOf(get({ range: 'bytes=0-0', 'if-range': stale }))).toBe(200);
  });

  it('is described by HEAD, which leaves nothing open', async () => {
    const whole = await get({}, 'HEAD');
    expect([whole.status, whole.headers.get('content-length'), await whole.text()]).toEqual([200, '10', '']);
    const part = await get({ range: 'bytes=2-4' }, 'HEAD');
    expect([part.status, part.headers.get('content-length')]).toEqual([206, '3']);
    expect((await opened()).map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });

  it('closes what it opened when the client goes away', async () => {
    const answer = await get();
    await answer.body?.cancel();
    expect((await opened()).map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('is missed politely', async () => {
    await problem(await get({}, 'GET', 'a9'), 404, 'not-found');
    await world.world.dependencies.artifacts.remove(sha256);
    await problem(await get(), 404, 'not-found');
    expect((await get({}, 'HEAD')).status).toBe(404);
  });
});

describe('artifacts', () => {
  it('are listed with their build and shown one by one', async () => {
    const artifact = ArtifactOfBuild.parse(await (await world.json('GET', `/v1/artifacts/${log}`)).json());
    expect(artifact).toEqual({
      id: log,
      name: 'console.log',
      ...earlierFacts('console'),
      sizeBytes: 10,
      sha256,
      verdict: null,
      buildId,
    });
    const { items } = z
      .strictObject({ items: z.array(Artifact) })
      .parse(await (await world.json('GET', `/v1/builds/${buildId}/artifacts`)).json());
    expect(items.map(({ id }) => id).sort()).toEqual([image, log].sort());
    const { buildId: _, ...listed } = artifact;
    expect(items).toContainEqual(listed);
  });
});

describe('a range of an empty file', () => {
  it('is never there', () => {
    for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1']) expect(parseRange(header, 0)).toBe('unsatisfiable');
    expect(parseRange(undefined, 0)).toBe('whole');
  });
});
