/** Components, stage images and the installation through the API. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { LdfError } from '../../../src/errors.ts';
import { ListedComponent } from '../../../src/model/component.ts';
import { SettingList, SystemStatus } from '../../../src/model/system.ts';
import { imageNames } from '../../../src/stages/names.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';
import { ended, eventually, Gate, usual } from '../engine/harness.ts';

let world: ApiWorld;
const mine = {
  kind: 'init',
  name: 's6',
  title: 'S6',
  summary: 'Dependency-based init.',
  requires: ['userland'],
};

beforeEach(async () => {
  world = await ApiWorld.open({ idle: true });
});
afterEach(() => world.close());

describe('components', () => {
  const path = '/v1/components';

  it('are listed by kind, the shipped ones and the user’s own', async () => {
    await world.json('POST', path, mine);
    const list = async (query: string) =>
      z
        .strictObject({ items: z.array(ListedComponent) })
        .parse(await (await world.json('GET', `${path}${query}`)).json());
    expect((await list('?kind=init')).items.map(({ name, origin }) => [name, origin])).toEqual([
      ['busybox', 'shipped'],
      ['openrc', 'shipped'],
      ['systemd', 'shipped'],
      ['s6', 'user'],
    ]);
    expect((await list('')).items.length).toBeGreaterThan(10);
    await problem(await world.json('GET', `${path}?kind=shell`), 400, 'request.invalid');
  });

  it('are added as they were written, in JSON or YAML', async () => {
    const answer = await world.json('POST', path, mine);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe('/v1/components/init/s6');
    expect(ListedComponent.parse(await answer.json())).toMatchObject({ spec: mine, requires: [['userland']] });
    const yaml = await world.app.request(path, {
      method: 'POST',
      body: 'kind: init\nname: runit\ntitle: runit\nsummary: small\n',
      headers: { 'content-type': 'application/yaml' },
    });
    expect(yaml.status).toBe(201);
    expect((await world.json('GET', `${path}/init/runit`)).status).toBe(200);
  });

  it('are refused with every problem named', async () => {
    const wrong = { ...mine, kind: 'shell', requires: ['Not A Capability'], extra: 1 };
    const body = await problem(await world.json('POST', path, wrong), 400, 'component.invalid');
    expect(body.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/extra', '/kind', '/requires/0']);
    await problem(await world.json('POST', path, { ...mine, name: 'systemd' }), 409, 'name.taken');
    await world.json('POST', path, mine);
    await problem(await world.json('POST', path, mine), 409, 'name.taken');
  });

  it('are replaced and removed when they are the user’s own', async () => {
    await world.json('POST', path, mine);
    const changed = await world.json('PUT', `${path}/init/s6`, { ...mine, title: 'S6 2' });
    expect(await changed.json()).toMatchObject({ title: 'S6 2' });
    await problem(await world.json('PUT', `${path}/init/s6`, { ...mine, name: 'other' }), 400, 'component.invalid');
    await problem(await world.json('PUT', `${path}/init/systemd`, mine), 409, 'state.conflict');
    await problem(await world.json('DELETE', `${path}/init/systemd`), 409, 'state.conflict');
    expect((await world.json('DELETE', `${path}/init/s6`)).status).toBe(204);
    await problem(await world.json('DELETE', `${path}/init/s6`), 404, 'not-found');
    await problem(await world.json('PUT', `${path}/init/s6`, mine), 404, 'not-found');
  });
});

describe('stage images', () => {
  const path = '/v1/stage-images';
  const events = async (answer: Response) =>
    [...(await answer.text()).matchAll(/event: (\w+)\ndata: (.*)\n/g)].map(([, event, data]) => [
      event,
      JSON.parse(data ?? ''),
    ]);

  it('are listed with their state', async () => {
    world.images.wrong.set('kernel-builder', 'missing');
    expect(await (await world.json('GET', path)).json()).toMatchObject({
      items: [{ name: 'kernel-builder', state: 'missing' }, ...Array(4).fill({ state: 'ok' })],
    });
    world.images.unavailable = new LdfError('docker.unavailable', 'Docker does not answer.');
    await problem(await world.json('GET', path), 503, 'docker.unavailable');
  });

  it('are built, telling how it goes', async () => {
    world.images.wrong.set('boot-tester', 'missing');
    expect(await events(await world.app.request(`${path}/build`, { method: 'POST' }))).toEqual([
      ['progress', { image: 'base', kind: 'log', step: 0, steps: 0, text: 'unpacking' }],
      ['progress', { image: 'boot-tester', kind: 'step', step: 1, steps: 2, text: 'RUN apt-get install' }],
      ['done', { items: imageNames.map((name) => expect.objectContaining({ name, state: 'ok' })) }],
    ]);
  });

  it('tell others how far the work on them is, while it goes on', async () => {
    const work = async () => (await world.json('GET', `${path}/work`)).json();
    world.images.reports = [
      { image: 'base', kind: 'done', step: 0, steps: 0, text: '12 s' },
      { image: 'boot-tester', kind: 'step', step: 2, steps: 9, text: 'RUN apt-get install' },
      { image: 'boot-tester', kind: 'log', step: 0, steps: 0, text: 'what only whoever asked gets to see' },
    ];
    const end = new Gate();
    world.images.hold = end.opened;
    expect(await work()).toEqual({ items: [] });
    const told = events(await world.app.request(`${path}/build`, { method: 'POST' }));
    const at = expect.any(String);
    await eventually(work).toEqual({
      items: [
        {
          startedAt: at,
          images: [
            { image: 'base', step: 0, steps: 0, text: '', startedAt: at, endedAt: at },
            { image: 'boot-tester', step: 2, steps: 9, text: 'RUN apt-get install', startedAt: at, endedAt: null },
          ],
        },
      ],
    });
    end.open();
    await told;
    expect(await work()).toEqual({ items: [] });
  });

  it('tell why they could not be built', async () => {
    world.images.failure = new LdfError('images.build-failed', 'apt-get exited with 100', { hint: 'Try again.' });
    const told = await events(await world.json('POST', `${path}/build`, {}));
    expect(told.at(-1)).toEqual([
      'error',
      expect.objectContaining({ code: 'images.build-failed', hint: 'Try again.' }),
    ]);
    world.images.failure = new Error('secret insides');
    const problem = await events(await world.json('POST', `${path}/build`, {}));
    expect(problem.at(-1)).toEqual(['error', expect.objectContaining({ code: 'internal' })]);
    expect(JSON.stringify(problem)).not.toContain('secret');
  });

  it('are pulled from a registry', async () => {
    const told = await events(await world.json('POST', `${path}/pull`, { from: 'registry.example:5000/ldf' }));
    expect(told[0]).toEqual(['progress', expect.objectContaining({ text: 'pulling registry.example:5000/ldf' })]);
    for (const from of ['', 'http://x/', '-x', 'a b', 'a/../b/', `${'a'.repeat(256)}`])
      await problem(await world.json('POST', `${path}/pull`, { from }), 400, 'request.invalid');
  });

  it('are saved and loaded as archives', async () => {
    const saved = await world.json('GET', `${path}/save?image=boot-tester&image=kernel-builder`);
    expect(saved.headers.get('content-type')).toBe('application/x-tar');
    expect(await saved.text()).toBe('a tar of boot-tester,kernel-builder');
    expect(await (await world.json('GET', `${path}/save?image=boot-tester`)).text()).toBe('a tar of boot-tester');
    expect(await (await world.json('GET', `${path}/save`)).text()).toBe('a tar of all');
    await problem(await world.json('GET', `${path}/save?image=other`), 400, 'request.invalid');
    const headers = { 'content-type': 'application/x-tar' };
    const load = await world.app.request(`${path}/load`, { method: 'POST', body: 'an archive', headers });
    expect((await events(load)).at(-1)?.[0]).toBe('done');
    expect([world.images.loaded, world.images.trusted]).toEqual(['an archive', false]);
    const trusted = `${path}/load?trusted=true`;
    await (await world.app.request(trusted, { method: 'POST', body: 'more', headers })).text();
    expect(world.images.trusted).toBe(true);
    await problem(await world.json('POST', `${path}/load?trusted=maybe`, {}), 400, 'request.invalid');
    await problem(await world.json('POST', `${path}/load`, {}), 415, 'media-type.unsupported');
  });

  it('are no longer loaded once nobody waits for it', async () => {
    const endless = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array(1)) });
    const headers = { 'content-type': 'application/x-tar' };
    const request = new Request(`http://localhost${path}/load`, {
      ...{ method: 'POST', body: endless, headers, duplex: 'half' },
    });
    const reader = (await world.app.request(request)).body?.getReader();
    await reader?.read();
    void reader?.read();
    await expect.poll(() => world.images.loadSignal?.aborted).toBe(false);
    void reader?.cancel();
    expect(world.images.loadSignal?.aborted).toBe(true);
  });
});

describe('the installation', () => {
  it('lists the settings that it was started with', async () => {
    const { items } = SettingList.parse(await (await world.json('GET', '/v1/system/settings')).json());
    expect(items.find(({ name }) => name === 'LDF_PORT')).toMatchObject({ value: '9999', given: true, stage: null });
  });

  it('describes itself', async () => {
    world.images.wrong.set('kernel-builder', 'missing');
    const system = SystemStatus.parse(await (await world.json('GET', '/v1/system')).json());
    expect(system).toEqual({
      version: '1.2.3',
      docker: {
        reachable: true,
        version: 'fake',
        cpus: 2,
        memoryBytes: 8 * 2 ** 30,
        architecture: 'x86_64',
        kvm: null,
      },
      dataDir: world.dataDir,
      // Others write to the same disk.
      disk: { ...(await world.engine.disk()), freeBytes: expect.any(Number) },
      queue: { queued: 0, running: 0 },
      problems: [
        { message: 'kernel-builder is missing; run ldf images build.', hint: expect.stringContaining('ldf images') },
      ],
    });
  });

  it('tells that Docker is away rather than failing', async () => {
    const away = new LdfError('docker.unavailable', 'Docker does not answer.', { hint: 'Start it.' });
    world.toRuntime.failNext('info', away);
    const system = SystemStatus.parse(await (await world.json('GET', '/v1/system')).json());
    expect(system.docker.reachable).toBe(false);
    expect(system.problems).toEqual([{ message: 'Docker does not answer.', hint: 'Start it.' }]);
  });

  it('is healthy while the database answers', async () => {
    expect(await (await world.json('GET', '/healthz')).json()).toEqual({ status: 'ok', version: '1.2.3' });
    world.toStore.failNext('ping', new Error('disk I/O error'));
    await problem(await world.json('GET', '/healthz'), 503, 'database.unavailable');
    expect(JSON.stringify(world.logged)).toContain('disk I/O error');
  });

  it('tells its queue, and has figures for Prometheus, of builds that were made', async () => {
    const working = await world.world.start({ config: { ...world.world.dependencies.config, builds: 1 } });
    const distribution = await world.world.distribution();
    const create = () => working.create(distribution, usual);
    await ended(working, await create());
    await ended(working, await create());
    world.runtime.script('boot', async (stage) => stage.fail({ code: 'boot.silent' }));
    await ended(working, await working.create(distribution, { ...usual, noCache: true }));
    const running = new Gate();
    world.runtime.script('resolve', () => {
      running.open();
      return new Promise(() => undefined);
    });
    await working.create(await world.world.distribution('other'), { ...usual, noCache: true });
    await running.opened;
    await create();

    const system = SystemStatus.parse(await (await world.json('GET', '/v1/system')).json());
    expect(system.queue).toEqual({ queued: 1, running: 1 });

    const totals = await world.store.stageTotals();
    const compiled = totals.find(({ stage, state }) => stage === 'compile' && state === 'succeeded');
    const answer = await world.json('GET', '/metrics');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = (await answer.text()).trimEnd().split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'ldf_up{version="1.2.3"} 1',
        '# TYPE ldf_builds gauge',
        'ldf_builds{state="queued"} 1',
        'ldf_builds{state="running"} 1',
        'ldf_builds{state="succeeded"} 2',
        'ldf_builds{state="failed"} 1',
        'ldf_builds{state="cancelled"} 0',
        'ldf_stage_runs{stage="compile",state="cached"} 1',
        '# TYPE ldf_stage_duration_seconds summary',
        `ldf_stage_duration_seconds_sum{stage="compile",state="succeeded"} ${compiled?.seconds}`,
        'ldf_stage_duration_seconds_count{stage="compile",state="succeeded"} 2',
        'ldf_stage_duration_seconds_count{stage="boot",state="failed"} 1',
        'ldf_stage_failures{stage="boot",code="boot.silent"} 1',
        `ldf_disk_bytes{kind="artifact"} ${(await world.store.storedBytes()).artifacts}`,
      ]),
    );
    for (const line of lines)
      expect(line).toMatch(/^(# (HELP|TYPE) ldf_\w+ .+|ldf_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [0-9.]+)$/);
  });

  it('gives the JSON Schemas that editors use', async () => {
    for (const what of ['definition', 'component']) {
      const answer = await world.json('GET', `/v1/schema/${what}`);
      expect(answer.headers.get('content-type')).toBe('application/schema+json');
      expect(await answer.json()).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
    }
  });
});
