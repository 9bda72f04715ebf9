/** Queries: asked of a stage image once, kept in the data folder, searched in the process. */
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { searchEntries } from '../../../src/engine/queries/search.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { KconfigQuery, PackageQuery } from '../../../src/model/queries.ts';
import { eventually, World } from './harness.ts';

let world: World;
let engine: BuildService;
const slow = { timeout: 300_000 };
const inTrixie = (text: string, more: Record<string, unknown> = {}) =>
  PackageQuery.parse({ suite: 'trixie', arch: 'x86_64', text, ...more });
const inDebian = (text: string, more: Record<string, unknown> = {}) =>
  KconfigQuery.parse({ arch: 'x86_64', source: 'debian', version: '6.12', text, ...more });

const answers = () => join(world.dataDir, 'answers');
const offline = () => {
  for (const query of ['packages', 'kconfig'] as const)
    world.runtime.answer(query, async (stage) => stage.fail({ code: 'network.unreachable', message: 'No network.' }));
};

beforeEach(async () => {
  world = await World.open();
  engine = await world.start();
});
afterEach(() => world.close());

describe('packages of a suite', slow, () => {
  it('are listed by a container that leaves nothing behind, once for all searches', async () => {
    const { items, total } = await engine.queryPackages(inTrixie('curl'));
    expect(items.map(({ name }) => name)).toEqual(['curl', 'libcurl4t64']);
    expect(total).toBe(2);
    expect(world.leftovers()).toEqual([]);
    expect(await engine.queryPackages(inTrixie('web server', { limit: 1 }))).toMatchObject({ total: 1 });
    expect(world.runtime.started).toHaveLength(1);
    expect(world.runtime.started[0]).toMatchObject({ owner: { stage: 'resolve' }, network: true });
    await engine.queryPackages(inTrixie('curl', { arch: 'aarch64' }));
    expect(world.runtime.started).toHaveLength(2);
  });

  it('are listed once for searches that come at the same time', async () => {
    await Promise.all(['c', 'cu', 'cur'].map((text) => engine.queryPackages(inTrixie(text))));
    expect(world.runtime.started).toHaveLength(1);
  });

  it('are known to the process that comes after', async () => {
    await engine.queryPackages(inTrixie(''));
    const next = await world.start();
    expect(await next.queryPackages(inTrixie(''))).toMatchObject({ total: 5 });
    expect(world.runtime.started).toHaveLength(1);
  });

  it('are listed anew after a day, and with a new stage image', async () => {
    await engine.queryPackages(inTrixie(''));
    await ageAnswers();
    await (await world.start()).queryPackages(inTrixie(''));
    expect(world.runtime.started).toHaveLength(2);
    const assembler = { ...world.images['rootfs-assembler'], identity: 'another' };
    world.images = { ...world.images, 'rootfs-assembler': assembler };
    await (await world.start()).queryPackages(inTrixie(''));
    expect(world.runtime.started).toHaveLength(3);
  });

  it('are given as they were when they cannot be listed anew', async () => {
    await engine.queryPackages(inTrixie(''));
    await ageAnswers();
    offline();
    expect(await (await world.start()).queryPackages(inTrixie(''))).toMatchObject({ total: 5 });
  });

  it('fail as the stage image does', async () => {
    offline();
    await expect(engine.queryPackages(inTrixie(''))).rejects.toMatchObject({
      code: 'stage.failed',
      subcode: 'network.unreachable',
    });
    expect(world.leftovers()).toEqual([]);
    world.runtime.answer('packages');
    expect(await engine.queryPackages(inTrixie(''))).toMatchObject({ total: 5 });
  });

  it('are not believed when they are not what result.json lists', async () => {
    world.runtime.answer('packages', async (stage) => {
      const end = stage.answer<'packages'>([]);
      stage.write('answer.json', '[{"name":"forged","version":"1","summary":""}]');
      return end;
    });
    await expect(engine.queryPackages(inTrixie(''))).rejects.toMatchObject({ code: 'stage.result-invalid' });
  });

  it('are kept for so many suites', async () => {
    const bounded = await world.start({ config: { ...world.dependencies.config, answersKept: 2 } });
    for (const suite of ['bookworm', 'trixie', 'forky']) await bounded.queryPackages({ ...inTrixie(''), suite });
    expect(await readdir(answers())).toHaveLength(2);
  });

  it('are kept for so many suites when many are asked for at once', async () => {
    const bounded = await world.start({ config: { ...world.dependencies.config, answersKept: 2 } });
    for (let round = 0; round < 5; round++)
      await Promise.all(
        Array.from({ length: 8 }, (_, at) => bounded.queryPackages({ ...inTrixie(''), suite: `s${round}-${at}` })),
      );
    expect(await readdir(answers())).toHaveLength(2);
  });

  it('end with the process', async () => {
    world.runtime.answer('packages', () => new Promise(() => undefined));
    const asking = engine.queryPackages(inTrixie(''));
    await eventually(() => world.startedStages()).toEqual(['resolve/1']);
    await Promise.all([engine.stop(), expect(asking).rejects.toMatchObject({ code: 'server.unreachable' })]);
    expect(world.leftovers()).toEqual([]);
  });
});

describe('options of a kernel', slow, () => {
  it('are read from its source, which is resolved and fetched first', async () => {
    const { items } = await engine.queryKconfig(inDebian('e1000'));
    expect(items).toMatchObject([{ symbol: 'CONFIG_E1000', type: 'tristate' }]);
    expect(world.startedStages()).toEqual(['resolve/1', 'download/1', 'prepare/1']);
    expect(world.runtime.started[2]).toMatchObject({ network: false });
    expect(await world.store.listSources()).toHaveLength(1);
    expect(world.leftovers()).toEqual([]);
    await engine.queryKconfig(inDebian('CONFIG_IKCONFIG'));
    expect(world.startedStages()).toHaveLength(3);
    await engine.queryKconfig(inDebian('', { version: undefined }));
    expect(world.startedStages()).toHaveLength(3);
  });

  it('are never those of a lock that a client brought: its addresses are asked for nobody else', async () => {
    const { lock } = await engine.lock(parseDefinition({ name: 'gw', arch: 'x86_64' }), undefined, false);
    await world.close();
    world = await World.open();
    engine = await world.start();
    if (!lock.kernel) throw new Error('the lock has a kernel');
    const [source] = lock.kernel.sources;
    if (!source) throw new Error('the kernel has a source');
    const inner = { ...source, url: 'http://169.254.169.254/latest', sha256: 'e'.repeat(64) };
    const foreign = { ...lock, kernel: { ...lock.kernel, sources: [inner] } };
    await world.store.setLock((await world.distribution()).id, foreign);
    await engine.queryKconfig(inDebian('E1000'));
    const asked = world.runtime.started.map(({ files }) => Object.values(files).join());
    expect(asked).toHaveLength(3);
    expect(asked.join()).not.toContain('169.254');
  });

  it('are those of the kernel that a distribution is locked to', async () => {
    const { lock } = await engine.lock(parseDefinition({ name: 'gw', arch: 'x86_64' }), undefined, false);
    await world.store.setLock((await world.distribution()).id, lock);
    await world.store.addSources(lock.kernel?.sources ?? []);
    await world.runtime.ensureVolume('ldf-test-sources', 'sources');
    await engine.queryKconfig(inDebian(''));
    expect(world.startedStages()).toEqual(['resolve/1', 'prepare/1']);
  });

  it('that cannot be set by themselves come last', async () => {
    const { items } = await engine.queryKconfig(inDebian('c'));
    expect(items.at(-1)).toMatchObject({ symbol: 'CONFIG_CRC32', prompt: null });
  });

  it.each([
    { change: { source: 'nonesuch' }, pointer: '/source', message: 'names no kernel' },
    { change: { version: '4.4' }, pointer: '/version', message: 'kernel/debian does not offer 4.4' },
    { change: { source: 'package', version: undefined }, pointer: '/source', message: /finished kernels/ },
  ])('are none where there is no such kernel: $pointer', async ({ change, pointer, message }) => {
    const details = [expect.objectContaining({ pointer, message: expect.stringMatching(message) })];
    await expect(engine.queryKconfig(inDebian('', change))).rejects.toMatchObject({
      code: 'definition.impossible',
      details,
    });
    expect(world.runtime.started).toEqual([]);
  });
});

describe('a search', () => {
  const words = ['nginx-light', 'nginx', 'libnginx', 'apache2 a web server like nginx', 'curl'];
  const search = (text: string, limit = 10) =>
    searchEntries(words, text, limit, {
      name: (entry) => entry.split(' ')[0] ?? '',
      about: (entry) => entry,
      later: (entry) => entry === 'nginx-light',
    });

  it('puts the name before a part of it, that before the description, and what goes behind last', () => {
    expect(search('NGINX').items).toEqual(['nginx', 'libnginx', 'apache2 a web server like nginx', 'nginx-light']);
  });

  it('wants every word', () => {
    expect(search('web nginx').items).toEqual(['apache2 a web server like nginx']);
    expect(search('web  curl')).toEqual({ items: [], total: 0 });
  });

  it('counts what is beyond the limit', () => {
    expect(search('', 2)).toEqual({ items: ['curl', 'nginx'], total: 5 });
  });
});

/** Answers are as old as their files: two days. */
async function ageAnswers(): Promise<void> {
  const before = new Date(Date.now() - 48 * 3_600_000);
  for (const name of await readdir(answers())) await utimes(join(answers(), name), before, before);
}
