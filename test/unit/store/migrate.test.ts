import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PrismaClient } from '../../../src/store/generated/client.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { migrate, migrationsFolder } from '../../../src/store/sqlite/migrate.ts';

let folder: string;
let url: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-store-'));
  url = `file:${join(folder, 'data/ldf.db')}`;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('migrations', () => {
  it('give every field of every model of the generated client its column', async () => {
    await (await openStore(url)).close();
    const db = new PrismaClient({ adapter: new PrismaLibSql({ url }) });
    const at = new Date('2026-01-02T03:04:05.678Z');
    const distribution = {
      components: '[]',
      id: 'd',
      name: 'n',
      definition: '{}',
      arch: 'x86_64',
      version: '1',
      lastBuildNumber: 7,
      createdAt: at,
      updatedAt: at,
    };
    const lock = { distributionId: 'd', arch: 'x86_64', lock: '{}', updatedAt: at };
    const component = { kind: 'init', name: 'x', spec: '{}', createdAt: at, updatedAt: at };
    const build = {
      ...{ id: 'b', distributionId: 'd', name: 'n', version: '1', state: 'queued', arch: 'x86_64', formats: '[]' },
      ...{ definition: '{}', components: '[]', lock: '{}', boot: true, noCache: false, priority: -3, error: '{}' },
      ...{ verdict: '{}', createdAt: at, startedAt: at, endedAt: at, cancelRequestedAt: at },
      ...{ idempotencyKey: 'k', idempotencyHash: 'h', verifies: 'v', reproducible: '{}', number: 7, timeFactor: 2 },
    };
    const run = {
      ...{ id: 'r', buildId: 'b', stage: 'boot', attempt: 1, state: 'pending', key: 'k', reason: 'r', forced: true },
      ...{ request: '{}', workload: '{}', compared: '{}', progress: 0.5, note: 'n', error: '{}', exitCode: 137 },
      ...{
        startedAt: at,
        endedAt: at,
        startedUptimeMs: 1.5,
        durationMs: 2.5,
        cpuSeconds: 3.5,
        peakMemoryBytes: 2n ** 40n,
        writtenBytes: 2n ** 41n,
        warm: true,
      },
    };
    const layer = {
      key: 'k',
      stage: 'boot',
      volume: 'v',
      result: '{}',
      sizeBytes: 2n ** 40n,
      createdAt: at,
      lastUsedAt: at,
    };
    const source = { sha256: 's', filename: 'f', sizeBytes: 5n, createdAt: at, lastUsedAt: at, removing: true };
    const artifact = {
      ...{ id: 'a', buildId: 'b', name: 'n', format: 'raw', sizeBytes: 2n ** 41n, sha256: 's', verdict: '{}' },
      ...{ facts: '{}', storedBytes: 2n ** 20n, createdAt: at, removedAt: at },
    };
    const lease = { name: 'build:b', owner: 'o', heldFromMs: 1.5, heldUntilMs: 2 ** 50, bootId: 'b' };
    expect(await db.distribution.create({ data: distribution })).toEqual(distribution);
    expect(await db.distributionLock.create({ data: lock })).toEqual(lock);
    expect(await db.component.create({ data: component })).toEqual(component);
    expect(await db.build.create({ data: build })).toEqual(build);
    expect(await db.stageRun.create({ data: run })).toEqual(run);
    expect(await db.layer.create({ data: layer })).toEqual(layer);
    expect(await db.source.create({ data: source })).toEqual(source);
    expect(await db.artifact.create({ data: artifact })).toEqual(artifact);
    expect(await db.lease.create({ data: lease })).toEqual(lease);
    await db.distribution.delete({ where: { id: 'd' } });
    expect(await db.distributionLock.count()).toBe(0);
    expect((await db.build.findUniqueOrThrow({ where: { id: 'b' } })).distributionId).toBeNull();
    await db.build.delete({ where: { id: 'b' } });
    expect([await db.stageRun.count(), await db.artifact.count()]).toEqual([0, 0]);
    await db.$disconnect();
  });

  it('are recorded as Prisma records them, and applied once', async () => {
    await (await openStore(url)).close();
    await (await openStore(url)).close();
    const connection = await new PrismaLibSql({ url }).connect();
    const { rows } = await connection.queryRaw({
      sql: 'SELECT migration_name, checksum, applied_steps_count FROM _prisma_migrations',
      args: [],
      argTypes: [],
    });
    const mode = await connection.queryRaw({ sql: 'PRAGMA journal_mode', args: [], argTypes: [] });
    await connection.dispose();
    const names = (await readdir(migrationsFolder())).filter((name) => /^[0-9]/.test(name)).sort();
    expect(rows).toEqual(names.map((name) => [name, expect.stringMatching(/^[0-9a-f]{64}$/), 1]));
    expect(names).toContain('20250101000000_init');
    expect(mode.rows).toEqual([['wal']]);
  });

  it('number the builds of before by distribution and age', async () => {
    const migrations = await copyOfMigrations();
    for (const name of await readdir(migrations))
      if (/^[0-9]/.test(name) && name >= '20261129200000') await rm(join(migrations, name), { recursive: true });
    await mkdir(join(folder, 'data'));
    await migrateFrom(migrations);
    const old = await new PrismaLibSql({ url }).connect();
    const insert = (id: string, distribution: string, name: string, createdAt: string) =>
      `INSERT INTO "Build" ("id", "distributionId", "name", "version", "state", "arch", "formats", "definition", "components",
        "boot", "noCache", "createdAt") VALUES ('${id}', ${distribution}, '${name}', '1', 'failed', 'x86_64', '[]', '{}', '[]',
        true, false, '${createdAt}');`;
    await old.executeScript(
      [
        `INSERT INTO "Distribution" ("id", "name", "definition", "arch", "version", "updatedAt")
          VALUES ('d', 'n', '{}', 'x86_64', '1', '2026-01-01T00:00:00.000+00:00');`,
        insert('b2', "'d'", 'n', '2026-01-02T00:00:00.000+00:00'),
        insert('b1', "'d'", 'n', '2026-01-01T00:00:00.000+00:00'),
        insert('g1', 'NULL', 'gone', '2026-01-01T00:00:00.000+00:00'),
      ].join('\n'),
    );
    await old.dispose();
    const store = await openStore(url);
    const numbers = await Promise.all(['b1', 'b2', 'g1'].map(async (id) => (await store.getBuild(id))?.number));
    expect(numbers).toEqual([1, 2, 1]);
    const made = await store.createBuild(
      {
        ...{
          distributionId: 'd',
          name: 'n',
          version: '1',
          arch: 'x86_64',
          formats: [],
          definition: {},
          components: [],
        },
        ...{ lock: null, boot: true, noCache: false, verifies: null, priority: 0 },
      },
      { maxQueued: 10 },
    );
    expect(made.number).toBe(3);
    await store.close();
  });

  it('may be applied by several at once', async () => {
    const stores = await Promise.all([openStore(url), openStore(url), openStore(url)]);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('refuse one that was changed after it had been applied', async () => {
    const migrations = await copyOfMigrations();
    await (await openStore(url)).close();
    const file = join(migrations, '20250101000000_init/migration.sql');
    await writeFile(file, `${await readFile(file, 'utf8')}\n-- changed`);
    await expect(migrateFrom(migrations)).rejects.toThrow('20250101000000_init was changed');
  });

  it('refuse a database that is newer than the program', async () => {
    const migrations = await copyOfMigrations();
    const newer = join(migrations, '20990101000000_newer');
    await mkdir(newer);
    await writeFile(join(newer, 'migration.sql'), 'CREATE TABLE "New" ("id" TEXT NOT NULL PRIMARY KEY);');
    await mkdir(join(folder, 'data'));
    await migrateFrom(migrations);
    await expect(openStore(url)).rejects.toMatchObject({
      message: expect.stringContaining('20990101000000_newer'),
      hint: expect.stringContaining('newer version'),
    });
  });

  it('leave nothing behind when one fails half-way', async () => {
    const migrations = await copyOfMigrations();
    const broken = join(migrations, '20990101000000_broken');
    await mkdir(broken);
    await writeFile(
      join(broken, 'migration.sql'),
      'CREATE TABLE "Half" ("id" TEXT);\nCREATE TABLE "Half" ("id" TEXT);',
    );
    await mkdir(join(folder, 'data'));
    await expect(migrateFrom(migrations)).rejects.toThrow();
    await rm(broken, { recursive: true });
    await (await openStore(url)).close();
    const db = await new PrismaLibSql({ url }).connect();
    const { rows } = await db.queryRaw({
      sql: `SELECT name FROM sqlite_master WHERE name = 'Half'`,
      args: [],
      argTypes: [],
    });
    await db.dispose();
    expect(rows).toEqual([]);
  });
});

async function copyOfMigrations(): Promise<string> {
  const copy = join(folder, 'migrations');
  await cp(migrationsFolder(), copy, { recursive: true });
  return copy;
}

async function migrateFrom(migrations: string): Promise<void> {
  const connection = await new PrismaLibSql({ url }).connect();
  try {
    await migrate(connection, migrations);
  } finally {
    await connection.dispose();
  }
}
