/** The catalog of a running server, with the database that several may share. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Catalog, parseComponent } from '../../src/catalog/catalog.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { LiveCatalog } from '../../src/live-catalog.ts';
import { planBuild } from '../../src/plan/plan.ts';
import { openStore } from '../../src/store/open-store.ts';
import { quotas } from '../../src/store/quotas.ts';
import type { Store } from '../../src/store/store.ts';

const spec = (name: string, more: object = {}) => ({ kind: 'platform', name, title: 'T', summary: 'S', ...more });
const shipped = new Catalog([{ component: parseComponent(spec('shipped')), origin: 'shipped' }]);
let folder: string;
let url: string;
let store: Store;
const warned: string[] = [];
const logger = { warn: (_about: object, message: string) => void warned.push(message) };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-catalog-'));
  url = `file:${join(folder, 'ldf.db')}`;
  store = await openStore(url, {
    ...quotas,
    components: 4,
    componentBytes: 10_000,
    distributions: 2,
    lockBytes: 100,
    queuedBytes: 300,
  });
}, 60_000);
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const put = (name: string, more: object = {}) => store.putComponent({ kind: 'platform', name, spec: spec(name, more) });

async function execute(sql: string): Promise<void> {
  const connection = await new PrismaLibSql({ url, timeout: 5_000 }).connect();
  await connection.executeScript(sql);
  await connection.dispose();
}

describe('the catalog', () => {
  it('is read once, and again when a component changes, be it by another process', { timeout: 60_000 }, async () => {
    await put('a');
    const live = new LiveCatalog(shipped, store, logger);
    const first = await live.read();
    expect(await live.read()).toBe(first);
    expect(live.readings).toBe(1);
    expect(first.find('platform', 'a')?.title).toBe('T');
    const other = await openStore(url);
    await other.putComponent({ kind: 'platform', name: 'a', spec: spec('a', { title: 'Changed' }) });
    expect((await live.read()).find('platform', 'a')?.title).toBe('Changed');
    await other.deleteComponent('platform', 'a');
    await other.putComponent({ kind: 'platform', name: 'b', spec: spec('b') });
    await other.close();
    const last = await live.read();
    expect([last.find('platform', 'a'), last.find('platform', 'b')?.name]).toEqual([undefined, 'b']);
    expect(live.readings).toBe(3);
  });

  it('goes without what it cannot read and what a shipped component has the name of, and tells which', async () => {
    await put('bad', { colour: 'red' });
    await put('shipped', { title: 'Mine' });
    await execute(`UPDATE "Component" SET "spec" = '{' WHERE "name" = 'b'`);
    const catalog = await new LiveCatalog(shipped, store, logger).read();
    expect(catalog.find('platform', 'shipped')?.title).toBe('T');
    const why = Object.fromEntries(catalog.unusable.map((one) => [one.name, one.why]));
    expect(why).toEqual({
      b: expect.stringContaining('cannot use the custom component'),
      bad: expect.stringContaining('/colour unknown key'),
      shipped: expect.stringContaining('LDF ships one with that name'),
    });
    expect(warned).toEqual(expect.arrayContaining(Object.values(why)));
    const definition = parseDefinition({ name: 'x', arch: 'x86_64', init: 'mine' });
    const unusable = { kind: 'init', name: 'mine', why: 'It is of old.', hint: 'Replace it.' };
    expect(() => planBuild({ definition, catalog: new Catalog([], [unusable]), boot: false })).toThrow(
      expect.objectContaining({
        details: expect.arrayContaining([
          expect.objectContaining({
            pointer: '/init',
            message: 'init/mine cannot be used: It is of old.',
            hint: 'Replace it.',
          }),
        ]),
      }),
    );
  });
});

describe('what users store', () => {
  const reached = { code: 'quota.reached', hint: expect.any(String) };
  const distribution = (name: string) => ({
    name,
    version: '1',
    arch: 'x86_64' as const,
    definition: { name, arch: 'x86_64' },
  });

  it('is kept up to a number of components and a sum of their sizes', async () => {
    await put('fourth');
    await expect(put('fifth')).rejects.toMatchObject(reached);
    await expect(put('fourth', { summary: 'x'.repeat(10_000) })).rejects.toMatchObject(reached);
    expect((await store.listComponents()).map(({ name }) => name)).toEqual(['b', 'bad', 'fourth', 'shipped']);
  });

  it('is kept up to a number of distributions, a sum of locks and of what waits', async () => {
    const { id } = await store.createDistribution(distribution('one'));
    await store.createDistribution(distribution('two'));
    await expect(store.createDistribution(distribution('three'))).rejects.toMatchObject(reached);
    await expect(
      store.setLock(id, {
        version: 1,
        arch: 'x86_64',
        packages: { wishesSha256: 'a'.repeat(64), sourceDate: 0, packages: [], aptSources: [] },
      }),
    ).rejects.toMatchObject(reached);
    const build = {
      ...{
        distributionId: id,
        name: 'one',
        version: '1',
        arch: 'x86_64' as const,
        formats: ['raw'],
        components: [],
        lock: null,
      },
      ...{ boot: true, noCache: false, verifies: null, priority: 0, definition: { text: 'x'.repeat(200) } },
    };
    await store.createBuild(build, { maxQueued: 10 });
    await expect(store.createBuild(build, { maxQueued: 10 })).rejects.toMatchObject({ code: 'queue.full' });
  });

  it('is listed without what is large, and without what cannot be read, which is named', async () => {
    const { items } = await store.listDistributions({ limit: 10 });
    expect(items.map((item) => [item.name, item.components, 'definition' in item])).toEqual([
      ['two', null, false],
      ['one', null, false],
    ]);
    const [two] = items;
    await store.noteComponents(two?.id ?? '', [{ kind: 'init', name: 'systemd' }]);
    await execute(`UPDATE "Distribution" SET "arch" = 'vax' WHERE "name" = 'one'; UPDATE "Build" SET "verdict" = '{'`);
    const again = await store.listDistributions({ limit: 10 });
    expect(again.items.map(({ name, components }) => [name, components])).toEqual([
      ['two', [{ kind: 'init', name: 'systemd' }]],
    ]);
    expect(again.unreadable).toEqual([{ id: items[1]?.id, why: expect.any(String) }]);
    const builds = await store.listBuilds({ limit: 10 });
    expect([builds.items, builds.unreadable?.[0]?.why]).toEqual([[], expect.stringContaining('Build.verdict')]);
  });
});
