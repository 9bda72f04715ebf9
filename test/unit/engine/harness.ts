/** Everything an engine needs, made of real parts but for the container engine: database, journals and artifacts in a folder. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { pino } from 'pino';
import { expect } from 'vitest';
import { openLocalArtifactStore } from '../../../src/artifacts/local-artifact-store.ts';
import { type Catalog, loadCatalog } from '../../../src/catalog/catalog.ts';
import { systemClock } from '../../../src/engine/core/clock.ts';
import { type EngineConfig, engineConfig, type StageRunLimits } from '../../../src/engine/core/config.ts';
import type { EngineDependencies } from '../../../src/engine/core/dependencies.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { Journals } from '../../../src/events/journals.ts';
import { KeySets } from '../../../src/keys/key-sets.ts';
import type { Build, BuildOptions } from '../../../src/model/build.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import { planAtOnce } from '../../../src/plan/planner.ts';
import { FakeRuntime } from '../../../src/runtime/fake/fake-runtime.ts';
import type { StageScript } from '../../../src/runtime/fake/fake-stage.ts';
import type { StageImage } from '../../../src/runtime/runtime.ts';
import { forEachImage, type ImageName, type StageName } from '../../../src/stages/names.ts';
import { straightNetwork } from '../../../src/stages/network.ts';
import { forEachStage } from '../../../src/stages/registry.ts';
import type { BuildRecord } from '../../../src/store/builds.ts';
import type { DistributionRecord } from '../../../src/store/distributions.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { playedImage } from '../../fixtures/engine/played-images.ts';

const limits: StageRunLimits = {
  timeoutMs: 60_000,
  silenceMs: 60_000,
  memoryBytes: 1 << 30,
  pids: 100,
  cpus: 0,
  logBytes: 64 << 20,
  outputBytes: 1 << 20,
};

export function testConfig(change: Partial<EngineConfig> = {}): EngineConfig {
  const config = engineConfig({
    buildConcurrency: 4,
    stageConcurrency: 4,
    queueLength: 100,
    diskBudgetBytes: undefined,
    diskReserveBytes: 0,
    cacheLimitBytes: 1 << 30,
    network: straightNetwork,
    stageLimits: forEachStage(() => limits),
  });
  return {
    ...config,
    pollMs: 100,
    engineRetryMs: 100,
    gcSpareMs: 0,
    spareFileBytes: 0,
    progressEntryMs: 1,
    progressRecordMs: 1,
    ...change,
  };
}

/** The database of all tests of a process: opening one is dear, so they empty it in between, and none closes it. */
export const database = join(tmpdir(), `ldf-engine-${process.pid}-${Math.random().toString(36).slice(2)}`, 'ldf.db');
let sharedStore: Promise<Store> | undefined;

function openSharedStore(): Promise<Store> {
  sharedStore ??= openStore(`file:${database}`);
  return sharedStore;
}

async function emptyDatabase(): Promise<void> {
  const connection = await new PrismaLibSql({ url: `file:${database}`, timeout: 5_000 }).connect();
  const tables = [
    'Artifact',
    'StageRun',
    'Build',
    'DistributionLock',
    'Distribution',
    'Layer',
    'Source',
    'KeptCache',
    'ResolvedKernel',
    'Lease',
    'Component',
    // Those before are written into it.
    'Change',
    // Changes count from one again.
    'sqlite_sequence',
  ];
  await connection.executeScript(tables.map((table) => `DELETE FROM "${table}";`).join('\n'));
  await connection.dispose();
}

let catalog: Promise<Catalog> | undefined;

/** The components that come with LDF: read once, for nothing changes them. */
export function shippedCatalog(): Promise<Catalog> {
  catalog ??= loadCatalog(join(import.meta.dirname, '../../../components'));
  return catalog;
}

export class World {
  readonly runtime = new FakeRuntime();
  images: Record<ImageName, StageImage> = forEachImage(playedImage);
  readonly dataDir: string;
  readonly dependencies: EngineDependencies;
  readonly #engines: BuildService[] = [];

  private constructor(dataDir: string, dependencies: Omit<EngineDependencies, 'runtime' | 'images'>) {
    this.dataDir = dataDir;
    this.dependencies = { ...dependencies, runtime: this.runtime, images: { resolve: async () => this.images } };
  }

  static async open(change: Partial<EngineConfig> = {}): Promise<World> {
    const dataDir = await mkdtemp(join(tmpdir(), 'ldf-engine-'));
    return new World(dataDir, {
      store: await openSharedStore(),
      catalog: shippedCatalog,
      planner: planAtOnce,
      artifacts: await openLocalArtifactStore(join(dataDir, 'artifacts')),
      keys: new KeySets(join(dataDir, 'keys')),
      journals: new Journals(dataDir),
      dataDir,
      config: testConfig(change),
      installation: 'test',
      clock: systemClock,
      logger: pino({ level: process.env.LDF_TEST_LOG ?? 'silent' }),
    });
  }

  get store(): Store {
    return this.dependencies.store;
  }

  /** An engine on this world, begun. */
  async start(change: Partial<EngineDependencies> = {}): Promise<BuildService> {
    const engine = this.idle(change);
    await engine.start();
    return engine;
  }

  /** An engine that takes orders and does not work on them. */
  idle(change: Partial<EngineDependencies> = {}): BuildService {
    const engine = createEngine({ ...this.dependencies, ...change });
    this.#engines.push(engine);
    return engine;
  }

  async close(): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.stop()));
    await emptyDatabase();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async distribution(name = 'gw', more: Record<string, unknown> = {}): Promise<DistributionRecord> {
    const definition = { name, version: '1', arch: 'x86_64', ...more };
    return this.store.createDistribution({ name, version: '1', arch: 'x86_64', definition });
  }

  /** Names of containers and volumes there are, but for those that all builds share. */
  leftovers(): string[] {
    const layers = [...this.runtime.volumes].filter(([, { role }]) => role === 'work' || role === 'layer');
    return [...this.runtime.containers.keys(), ...layers.map(([name]) => name)].sort();
  }

  /** Files in the data folder, from its root, that are neither a journal nor an artifact. */
  async strayFiles(): Promise<string[]> {
    const found = await readdir(this.dataDir, { recursive: true, withFileTypes: true });
    return found
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => relative(this.dataDir, join(parentPath, name)))
      .filter((path) => !/^(builds\/[^/]+\/journal\.ndjson|artifacts\/sha256\/..\/[0-9a-f]{64})$/.test(path));
  }

  startedStages(): string[] {
    return this.runtime.started.map(({ owner }) => `${owner.stage}/${owner.attempt}`);
  }
}

export const usual: BuildOptions = { boot: true, noCache: false, priority: 0 };

/** How long a test waits for what must come: on a busy machine a lease may be lost and taken again meanwhile, more than once. */
const patienceMs = 600_000;

/** Waits for a value that no event tells of. */
export function eventually<Value>(read: () => Value | Promise<Value>) {
  return expect.poll(read, { timeout: patienceMs, interval: 10 });
}

/** A stage that runs until somebody ends it. */
export const forever: StageScript = () => new Promise(() => undefined);

/** Expects that of all containers and volumes of builds the layers are left, and nothing else, by the time a build has ended. */
export async function layersOnly(world: World): Promise<void> {
  expect(world.leftovers()).toEqual((await world.store.listLayers()).map(({ volume }) => volume).sort());
}

/** As `layersOnly`, for what another process cleans up: after a while, and with no file left either. */
export async function nothingLeft(world: World): Promise<void> {
  await eventually(() => world.leftovers()).toEqual(
    (await world.store.listLayers()).map(({ volume }) => volume).sort(),
  );
  expect(await world.strayFiles()).toEqual([]);
}

/** Everything a build's journal says until its end. */
export async function journalOf(engine: BuildService, { id }: Pick<BuildRecord, 'id'>): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const batch of engine.follow(id, 0, new AbortController().signal))
    entries.push(...batch.map(({ entry }) => entry));
  return entries;
}

/** The log of one stage, all attempts, as a journal tells it. */
export function logOf(journal: readonly JournalEntry[], stage: StageName): string[] {
  return journal.flatMap((entry) => (entry.type === 'log' && entry.stage === stage ? entry.text : []));
}

/** The build when it has ended. */
export async function ended(engine: BuildService, build: Pick<BuildRecord, 'id'>): Promise<Build> {
  await journalOf(engine, build);
  return shown(engine, build);
}

export async function shown(engine: BuildService, { id }: Pick<BuildRecord, 'id'>): Promise<Build> {
  const build = await engine.get(id);
  if (!build) throw new Error(`no build ${id}`);
  return build;
}

/** Resolves when the newest attempt at a stage is in a state. */
export async function reaches(
  engine: BuildService,
  { id }: Pick<BuildRecord, 'id'>,
  stage: StageName,
  state: string,
): Promise<void> {
  for await (const batch of engine.follow(id, 0, AbortSignal.timeout(patienceMs)))
    for (const { entry } of batch) if (entry.type === 'stage' && entry.stage === stage && entry.state === state) return;
  throw new Error(`${stage} never was ${state}`);
}

/** Something that a script waits for until the test opens it. */
export class Gate {
  readonly opened: Promise<void>;
  open: () => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}

export function states(build: Build): string {
  return build.stages.map(({ name, state }) => `${name}:${state}`).join(' ');
}
