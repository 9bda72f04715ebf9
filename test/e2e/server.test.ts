/** The API as CI and the web UI use it: events, logs, cancel, retry, and ranges. Builds that outlive the server: webui.test.ts. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import type { JournalEntry } from '../../src/model/journal.ts';
import type { StageRun } from '../../src/model/stage-run.ts';
import { serve, smallSystem, token } from './lab.ts';

const port = 18_080;
const authorization = `Bearer ${token}`;
const base = `http://127.0.0.1:${port}`;
const client = createClient(base, { token });
let server: Awaited<ReturnType<typeof serve>>;

/** Creates or replaces a distribution whose root file system nobody has built before. */
async function distribution(name: string, marker: string) {
  const definition = { ...smallSystem(name), system: { files: [{ path: '/etc/marker', content: marker }] } };
  const known = (await client.distributions.list({ name })).items[0];
  return known ? client.distributions.update(known.id, { definition }) : client.distributions.create({ definition });
}

/** Follows a build to its end, or until `until` says so. */
async function follow(id: string, until: (entry: JournalEntry) => boolean = () => false) {
  const entries: { id: number; entry: JournalEntry }[] = [];
  for await (const event of client.builds.events(id)) {
    entries.push(event);
    if (until(event.entry)) break;
  }
  return entries;
}

const stage = (stages: readonly StageRun[], name: string) => stages.find((run) => run.name === name);
const runs = (name: string) => (entry: JournalEntry) =>
  entry.type === 'stage' && entry.stage === name && entry.state === 'running';

beforeAll(async () => {
  server = await serve(port);
});
afterAll(() => server.end('SIGTERM'));

it('ends when it is told to, whatever is connected', async () => {
  const request = (headers: string) => `GET /v1/artifacts/x/console HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n\r\n`;
  for (const protocol of ['h2c', 'websocket']) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(request(`Connection: Upgrade\r\nUpgrade: ${protocol}`));
    await once(socket, 'data');
  }
  const began = performance.now();
  await server.end('SIGTERM');
  expect(performance.now() - began).toBeLessThan(15_000);
  server = await serve(port);
});

describe('a build through the API', () => {
  const marker = `${Date.now()}`;

  it('streams its events to the end, resumes anywhere, and serves its artifacts by range', async () => {
    const { id } = await distribution('api-build', marker);
    const started = await client.distributions.build(id, { boot: false, noCache: false, priority: 0 });
    const entries = await follow(started.id);
    expect(entries.at(-1)?.entry).toMatchObject({ type: 'end', state: 'succeeded' });
    const middle = entries[Math.floor(entries.length / 2)];
    const rest: number[] = [];
    for await (const event of client.builds.events(started.id, { after: middle?.id ?? 0 })) rest.push(event.id);
    expect(rest).toEqual(entries.slice(Math.floor(entries.length / 2) + 1).map((event) => event.id));

    const build = await client.builds.get(started.id);
    const raw = build.artifacts.find((artifact) => artifact.format === 'raw');
    if (!raw) throw new Error('there is no raw image');
    const url = `${base}/v1/artifacts/${raw.id}/content`;
    const whole = Buffer.from(await (await fetch(url, { headers: { authorization } })).arrayBuffer());
    expect(createHash('sha256').update(whole).digest('hex')).toBe(raw.sha256);
    const part = await fetch(url, { headers: { authorization, range: 'bytes=512-1023' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(512, 1024));
    expect(whole.subarray(512, 520).toString()).toBe('EFI PART');
  });

  it('is cancelled in the middle of a stage, and taken up by a retry that keeps what was done', async () => {
    const { id } = await distribution('api-build', `${marker}-cancel`);
    const started = await client.distributions.build(id, { boot: false, noCache: false, priority: 0 });
    await follow(started.id, runs('assemble'));
    await client.builds.cancel(started.id);
    await follow(started.id);
    const cancelled = await client.builds.get(started.id);
    expect(cancelled.state).toBe('cancelled');
    expect(stage(cancelled.stages, 'assemble')?.state).toBe('cancelled');

    await client.builds.retry(started.id);
    await follow(started.id);
    const retried = await client.builds.get(started.id);
    expect(retried.state).toBe('succeeded');
    expect(stage(retried.stages, 'assemble')).toMatchObject({ state: 'succeeded', attempt: 2 });
    expect(stage(retried.stages, 'compile')).toMatchObject({ state: 'cached', attempt: 1 });
  });
});
