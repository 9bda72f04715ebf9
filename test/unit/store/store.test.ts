import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Lock } from '../../../src/stages/lock.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import type { NewBuild } from '../../../src/store/builds.ts';
import { PrismaClient } from '../../../src/store/generated/client.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { StageRunRecord } from '../../../src/store/stage-runs.ts';
import type { Store } from '../../../src/store/store.ts';

let folder: string;
let url: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-store-'));
  url = `file:${join(folder, 'ldf.db')}`;
  store = await openStore(url);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const fields = (name: string) => ({
  name,
  version: '1',
  arch: 'x86_64' as const,
  definition: { name, arch: 'x86_64' },
});
const lock: Lock = { version: 1, arch: 'aarch64' };
const newBuild = (distributionId: string | null = null): NewBuild => ({
  ...{ distributionId, name: 'gw', version: '1', arch: 'x86_64', formats: ['raw'], definition: { a: 1 } },
  ...{ components: [], lock: null, boot: true, noCache: false, verifies: null, priority: 0 },
});
const bounded = { maxQueued: 100 };

function run(buildId: string, change: Partial<StageRunRecord> = {}): Omit<StageRunRecord, 'id'> {
  return {
    ...{ buildId, stage: 'compile', attempt: 1, state: 'pending', key: null, reason: null, forced: false, warm: false },
    ...{ request: null, compared: null, progress: 0, note: '', error: null, exitCode: null, startedAt: null },
    ...{ endedAt: null, startedUptimeMs: null, durationMs: null, usage: null, workload: null },
    ...change,
  };
}

describe('distributions', () => {
  it('are kept as they were written, by unique names, with a lock for each architecture', async () => {
    const made = await store.createDistribution(fields('gw'));
    expect(await store.getDistribution(made.id)).toEqual(made);
    expect(await store.findDistributionByName('gw')).toEqual(made);
    await expect(store.createDistribution(fields('gw'))).rejects.toMatchObject({ code: 'name.taken' });
    const other = await store.createDistribution(fields('edge'));
    await expect(store.updateDistribution(other.id, fields('gw'))).rejects.toMatchObject({ code: 'name.taken' });
    await expect(store.updateDistribution('nothing', fields('x'))).rejects.toMatchObject({ code: 'not-found' });
    await store.setLock(made.id, lock);
    await store.setLock(made.id, lock);
    expect(await store.getLocks(made.id)).toEqual({ aarch64: lock });
    await expect(store.setLock('nothing', lock)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('go without their builds', async () => {
    const { id } = await store.createDistribution(fields('gw'));
    const build = await store.createBuild(newBuild(id), bounded);
    expect((await store.lastBuilds([id])).get(id)).toMatchObject({ id: build.id, state: 'queued' });
    await store.deleteDistribution(id);
    expect(await store.getDistribution(id)).toBeUndefined();
    expect((await store.getBuild(build.id))?.distributionId).toBeNull();
  });

  it('are listed page by page, whatever is made in between', async () => {
    for (const name of ['a', 'b', 'c']) await store.createDistribution(fields(name));
    const first = await store.listDistributions({ limit: 2 });
    await store.createDistribution(fields('d'));
    const second = await store.listDistributions({ limit: 2, cursor: first.nextCursor ?? undefined });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(['c', 'b', 'a']);
    expect(second.nextCursor).toBeNull();
  });
});

describe('builds', () => {
  it('change only from the state they are in', async () => {
    const { id } = await store.createBuild(newBuild(), bounded);
    expect(await store.changeBuild(id, ['running'], { state: 'succeeded' })).toBe(false);
    expect(await store.changeBuild(id, ['queued'], { state: 'running', lock })).toBe(true);
    expect(await store.getBuild(id)).toMatchObject({ state: 'running', lock, definition: { a: 1 }, formats: ['raw'] });
  });

  it('wait in the order of priority and age, up to a number', async () => {
    const ids = [];
    for (const priority of [0, 5, 0]) ids.push((await store.createBuild({ ...newBuild(), priority }, bounded)).id);
    expect((await store.openBuilds()).map(({ id }) => id)).toEqual([ids[1], ids[0], ids[2]]);
    await expect(store.createBuild(newBuild(), { maxQueued: 3 })).rejects.toMatchObject({ code: 'queue.full' });
    expect(await store.openBuilds()).toHaveLength(3);
    expect((await store.openBuilds())[0]).toEqual({
      ...{ id: ids[1], state: 'queued', distributionId: null, priority: 5 },
      ...{ createdAt: expect.any(Date), servedAt: null },
    });
    const many = await Promise.allSettled(
      Array.from({ length: 4 }, () => store.createBuild(newBuild(), { maxQueued: 5 })),
    );
    expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });

  it('are numbered by distribution, also when made at once, and no number is given twice', async () => {
    const [gw, kiosk] = [await store.createDistribution(fields('gw')), await store.createDistribution(fields('kiosk'))];
    const made = await Promise.all([1, 2, 3].map(() => store.createBuild(newBuild(gw.id), bounded)));
    expect(made.map(({ number }) => number).sort()).toEqual([1, 2, 3]);
    expect((await store.createBuild(newBuild(kiosk.id), bounded)).number).toBe(1);
    for (const { id } of made) await store.deleteBuild(id);
    expect((await store.createBuild(newBuild(gw.id), bounded)).number).toBe(4);
    expect((await store.getDistribution(gw.id))?.updatedAt).toEqual(gw.updatedAt);
    expect([await store.createBuild(newBuild(), bounded), await store.createBuild(newBuild(), bounded)]).toMatchObject([
      { number: 1 },
      { number: 2 },
    ]);
  });

  it('know when their distribution was served last', async () => {
    const { id: distributionId } = await store.createDistribution(fields('gw'));
    const times = [new Date('2026-01-02T03:04:05.678Z'), new Date('2026-01-01T00:00:00.000Z')];
    for (const startedAt of times) {
      const { id } = await store.createBuild(newBuild(distributionId), bounded);
      await store.changeBuild(id, ['queued'], { state: 'running', startedAt });
      await store.changeBuild(id, ['running'], { state: 'succeeded' });
    }
    await store.createBuild(newBuild(distributionId), bounded);
    expect(await store.openBuilds()).toMatchObject([{ distributionId, servedAt: times[0] }]);
  });

  it('are made once for one idempotency key, even at once', async () => {
    const options = { ...bounded, idempotencyKey: 'k', requestHash: 'h' };
    const made = await Promise.all([1, 2, 3].map(() => store.createBuild(newBuild(), options)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    await expect(store.createBuild(newBuild(), { ...options, requestHash: 'x' })).rejects.toMatchObject({
      code: 'idempotency.mismatch',
    });
    await expect(store.createBuild(newBuild('nothing'), bounded)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('stage runs', () => {
  it('are kept by attempt, and tell what went before', async () => {
    const { id: distributionId } = await store.createDistribution(fields('gw'));
    const [first, second] = [
      await store.createBuild(newBuild(distributionId), bounded),
      await store.createBuild(newBuild(distributionId), bounded),
    ];
    const seconds = (from: number, to: number) => ({
      startedAt: new Date(from * 1000),
      endedAt: new Date(to * 1000),
      durationMs: (to - from) * 1000,
    });
    const workload = { kind: 'source', amount: 300 };
    const made = await store.addStageRun(
      run(first.id, { state: 'succeeded', request: { a: 1 }, workload, ...seconds(0, 5) }),
    );
    await expect(store.addStageRun(run(first.id))).rejects.toMatchObject({ code: 'state.conflict' });
    await store.addStageRun(run(first.id, { attempt: 2, state: 'failed', ...seconds(10, 11) }));
    expect(await store.previousRun(distributionId, 'compile', second.id)).toEqual(made);
    expect(await store.previousRun(distributionId, 'compile', first.id)).toBeUndefined();
    expect(await store.stageHistory('compile', 10)).toEqual([{ seconds: 5, name: 'gw', arch: 'x86_64', workload }]);
    expect((await store.listStageRuns([first.id])).map(({ attempt, request }) => [attempt, request])).toEqual([
      [1, null],
      [2, null],
    ]);
    const compared = { build: 'b0', attempt: 1, differences: [{ what: 'arch', before: 'x86_64', after: 'aarch64' }] };
    expect(await store.changeStageRun(made.id, ['succeeded'], { compared })).toBe(true);
    expect((await store.wholeStageRuns(first.id)).at(0)).toEqual({ ...made, compared });
    expect((await store.listStageRuns([first.id])).at(0)?.compared).toBeNull();
    expect(await store.changeStageRun(made.id, ['running'], { progress: 0.5 })).toBe(false);
    const usage = { cpuSeconds: 1.5, peakMemoryBytes: 2 ** 40, writtenBytes: null };
    await store.changeStageRun(made.id, ['succeeded'], { usage });
    await store.changeStageRun(made.id, ['succeeded'], { note: 'later' });
    expect((await store.listStageRuns([first.id]))[0]).toMatchObject({ usage, note: 'later' });
    await store.deleteBuild(first.id);
    expect(await store.listStageRuns([first.id])).toEqual([]);
  });
});

describe('totals', () => {
  it('count builds by state, runs by stage and state, failures by stage and code', async () => {
    const { id } = await store.createBuild(newBuild(), bounded);
    await store.createBuild(newBuild(), bounded);
    await store.changeBuild(id, ['queued'], { state: 'running' });
    const failed = (attempt: number, code: string) => {
      const error = { code, message: 'm', hint: null, stage: 'compile' as const, details: [] };
      return store.addStageRun(run(id, { attempt, state: 'failed', error, durationMs: 500 }));
    };
    for (const [index, code] of ['stage.timeout', 'stage.timeout', 'kernel.option-not-held'].entries())
      await failed(index + 1, code);
    await store.addStageRun(run(id, { stage: 'boot', state: 'cached' }));
    expect(await store.countBuilds()).toEqual({ queued: 1, running: 1, succeeded: 0, failed: 0, cancelled: 0 });
    expect(await store.stageTotals()).toEqual([
      { stage: 'boot', state: 'cached', runs: 1, seconds: 0 },
      { stage: 'compile', state: 'failed', runs: 3, seconds: 1.5 },
    ]);
    expect(await store.failureTotals()).toEqual([
      { stage: 'compile', code: 'kernel.option-not-held', runs: 1 },
      { stage: 'compile', code: 'stage.timeout', runs: 2 },
    ]);
  });
});

describe('layers and sources', () => {
  const result = { ok: true as const, outputs: [], data: { release: '6' } };
  const layer = (key: string, volume: string) => ({
    key,
    stage: 'compile' as const,
    volume,
    result,
    sizeBytes: 2 ** 40,
  });

  it('commit a key once', async () => {
    expect(await store.addLayer(layer('k', 'v1'))).toBe(true);
    expect(await store.addLayer(layer('k', 'v2'))).toBe(false);
    expect(await store.getLayer('k')).toMatchObject({ volume: 'v1', sizeBytes: 2 ** 40, result });
    expect(await store.replaceLayer('k', { from: 'other', to: 'v2' })).toBe(false);
    expect(await store.replaceLayer('k', { from: 'v1', to: 'v2' })).toBe(true);
    expect((await store.findLayers(['k', 'none'])).map(({ volume }) => volume)).toEqual(['v2']);
    await store.removeLayer('k');
    expect(await store.listLayers()).toEqual([]);
  });

  it('know sources by hash until they are forgotten', async () => {
    const source = { sha256: 'a', filename: 'f', sizeBytes: 1 };
    await store.addSources([source, source]);
    expect(await store.useSources(['a', 'b'])).toEqual(new Set(['a']));
    await store.forgetSources();
    expect(await store.useSources(['a'])).toEqual(new Set());
    const many = Array.from({ length: 5_000 }, (_, index) => ({ ...source, sha256: String(index) }));
    await Promise.all([store.addSources(many.slice(0, 3_000)), store.addSources(many.slice(2_000))]);
    expect((await store.useSources(many.map(({ sha256 }) => sha256))).size).toBe(5_000);
    const db = new PrismaClient({ adapter: new PrismaLibSql({ url, timeout: 5_000 }) });
    expect(await db.source.findUnique({ where: { sha256: '4999' } })).toMatchObject({
      filename: 'f',
      sizeBytes: 1n,
      createdAt: expect.any(Date),
    });
    await db.$disconnect();
  });
});

describe('artifacts', () => {
  it('say what they are; what an earlier version wrote down nothing of is known by its format', async () => {
    const { id: buildId } = await store.createBuild(newBuild(), bounded);
    const artifact = { buildId, sizeBytes: 1, storedBytes: 1, sha256: 'x', verdict: null };
    const facts = { ...earlierFacts('raw'), format: 'vmdk', mediaType: 'application/x-vmdk', sparse: false };
    await store.addArtifacts([
      { ...artifact, name: 'a.vmdk', ...facts },
      { ...artifact, name: 'b.raw', ...earlierFacts('raw') },
      { ...artifact, name: 'c.log', ...earlierFacts('console') },
    ]);
    const db = new PrismaClient({ adapter: new PrismaLibSql({ url, timeout: 5_000 }) });
    await db.artifact.updateMany({ where: { name: { in: ['b.raw', 'c.log'] } }, data: { facts: null } });
    await db.$disconnect();
    const [vmdk, raw, log] = await store.listArtifacts([buildId]);
    expect(vmdk).toMatchObject({ ...facts, name: 'a.vmdk' });
    expect(raw).toMatchObject({
      name: 'b.raw',
      kind: 'image',
      format: 'raw',
      disk: 'whole',
      sparse: true,
      bootable: true,
    });
    expect(log).toMatchObject({ kind: 'recording', format: 'console', mediaType: 'text/plain; charset=utf-8' });
    expect(raw).not.toHaveProperty('facts');
  });

  it('are replaced by name, counted by content, and carry verdicts', async () => {
    const { id: buildId } = await store.createBuild(newBuild(), bounded);
    const artifact = {
      buildId,
      name: 'a.raw',
      ...earlierFacts('raw'),
      sizeBytes: 10,
      storedBytes: 4,
      sha256: 'x',
      verdict: null,
    };
    await store.addArtifacts([artifact, { ...artifact, name: 'b.raw' }]);
    const [before] = await store.listArtifacts([buildId]);
    await store.addArtifacts([{ ...artifact, sha256: 'y', sizeBytes: 5, storedBytes: 3 }]);
    const [after] = await store.listArtifacts([buildId]);
    expect(after).toMatchObject({ id: before?.id, sha256: 'y' });
    expect([await store.countArtifactsOf('x'), await store.countArtifactsOf('z')]).toEqual([1, 0]);
    expect(await store.storedBytes()).toEqual({ layers: 0, sources: 0, caches: 0, artifacts: 7 });
    const verdict = { bootable: true, seconds: 1.5, console: null };
    await store.setVerdict(buildId, 'a.raw', verdict);
    expect((await store.getArtifact(after?.id ?? ''))?.verdict).toEqual(verdict);
    await store.setVerdict(buildId, 'a.raw', null);
    expect((await store.getArtifact(after?.id ?? ''))?.verdict).toBeNull();
  });
});

describe('components', () => {
  it('are put, changed and taken away', async () => {
    await store.putComponent({ kind: 'init', name: 'x', spec: { a: 1 } });
    await store.putComponent({ kind: 'init', name: 'x', spec: { a: 2 } });
    expect(await store.listComponents()).toEqual([{ kind: 'init', name: 'x', spec: { a: 2 } }]);
    expect(await store.deleteComponent('init', 'x')).toBe(true);
    expect(await store.deleteComponent('init', 'x')).toBe(false);
  });
});

describe('leases', () => {
  const from = (fromMs: number, bootId: string | null = 'one') => ({ fromMs, untilMs: fromMs + 60_000, bootId });

  it('are held by one, renewed by that one, and run out', async () => {
    expect(await store.acquireLease('build:1', 'a', from(0))).toBe(true);
    expect(await store.acquireLease('build:1', 'b', from(59_999))).toBe(false);
    expect(await store.acquireLease('build:1', 'a', from(50_000))).toBe(true);
    expect(await store.acquireLease('build:1', 'b', from(109_999))).toBe(false);
    expect(await store.acquireLease('build:1', 'b', from(110_000))).toBe(true);
    await store.releaseLease('build:1', 'a');
    expect(await store.acquireLease('build:1', 'c', from(110_000))).toBe(false);
    await store.releaseLease('build:1', 'b');
    const won = await Promise.all(['x', 'y', 'z'].map((owner) => store.acquireLease('build:1', owner, from(0))));
    expect(won.filter(Boolean)).toHaveLength(1);
  });

  it('do not outlive the machine: its uptime begins anew', async () => {
    expect(await store.acquireLease('build:1', 'before the reboot', from(5_000_000))).toBe(true);
    expect(await store.acquireLease('build:1', 'after it', from(30_000, 'two'))).toBe(true);
  });

  it('are kept from whoever read the clock first and comes second', async () => {
    expect(await store.acquireLease('build:1', 'a', from(1_000.1))).toBe(true);
    expect(await store.acquireLease('build:1', 'b', from(1_000))).toBe(false);
  });

  it('where the machine does not tell of its reboots, are given up when nobody has renewed them for their time', async () => {
    expect(await store.acquireLease('build:1', 'before', from(5_000_000, null))).toBe(true);
    expect(await store.acquireLease('build:1', 'after', from(30_000, null))).toBe(false);
    expect(await store.acquireLease('build:1', 'after', from(90_000, null))).toBe(false);
    expect(await store.acquireLease('build:1', 'before', from(5_000_001, null))).toBe(true);
    expect(await store.acquireLease('build:1', 'after', from(90_001, null))).toBe(false);
    expect(await store.acquireLease('build:1', 'one who can tell', from(90_002))).toBe(false);
    expect(await store.acquireLease('build:1', 'after', from(150_001, null))).toBe(false);
    expect(await store.acquireLease('build:1', 'after', from(150_063, null))).toBe(true);
    expect(await store.acquireLease('build:1', 'one who can tell', from(150_064))).toBe(false);
  });
});

describe('the database', () => {
  it('is for its owner alone, with all that lies beside it, also when it was made for everybody', async () => {
    const files = ['ldf.db', 'ldf.db-wal', 'ldf.db-shm'].map((name) => join(folder, name));
    const modes = () => Promise.all(files.map(async (file) => (await stat(file)).mode & 0o777));
    expect(await modes()).toEqual([0o600, 0o600, 0o600]);
    for (const file of files) await chmod(file, 0o644);
    await (await openStore(url)).close();
    expect(await modes()).toEqual([0o600, 0o600, 0o600]);
  });

  it('says which column it cannot read', async () => {
    const { id } = await store.createDistribution(fields('gw'));
    const db = new PrismaClient({ adapter: new PrismaLibSql({ url, timeout: 5000 }) });
    await db.distributionLock.create({ data: { distributionId: id, arch: 'x86_64', lock: '{"version":9}' } });
    await db.$disconnect();
    await expect(store.getLocks(id)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('DistributionLock.lock'),
    });
  });

  it('is a file', async () => {
    await expect(openStore('postgres://x')).rejects.toMatchObject({ code: 'internal' });
  });
});
