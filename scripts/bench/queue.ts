/**
 * What a full queue costs those who look at it: 500 builds wait on the fake runtime behind two that run, while clients
 * list builds and show them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { AccessControl } from '../../src/access/access-control.ts';
import { createApp } from '../../src/api/app.ts';
import { openLocalArtifactStore } from '../../src/artifacts/local-artifact-store.ts';
import { loadCatalog } from '../../src/catalog/catalog.ts';
import { loadConfig } from '../../src/config.ts';
import { systemClock } from '../../src/engine/core/clock.ts';
import { engineConfig } from '../../src/engine/core/config.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { Journals } from '../../src/events/journals.ts';
import { KeySets } from '../../src/keys/key-sets.ts';
import { planAtOnce } from '../../src/plan/planner.ts';
import { FakeRuntime } from '../../src/runtime/fake/fake-runtime.ts';
import type { StageImage } from '../../src/runtime/runtime.ts';
import { forEachImage, type ImageName } from '../../src/stages/names.ts';
import { openStore } from '../../src/store/open-store.ts';
import { Workbench } from '../../src/workers/workbench.ts';
import type { Measurement, Row } from './measurement.ts';

const builds = 500;
/** Builds of one distribution come one after the other, as those of a nightly job do. */
const distributions = 50;
/** Lists and shows, half each; a tenth of them before, so that every path is warm. */
const requests = 1_000;
const goalMs = 50;
const goalGrowthMb = 5;

export const queue: Measurement = {
  name: 'queue',
  summary: `what a queue of ${builds} builds costs those who look at it (a minute)`,
  async run({ say }) {
    const folder = await mkdtemp(join(tmpdir(), 'ldf-bench-queue-'));
    const world = await openWorld(folder);
    try {
      say(`queueing ${builds} builds`);
      const ids = await fillQueue(world);
      const first = await lookOften(world.get, ids, requests / 10);
      say(`${requests} requests`);
      const { listMs, showMs, heapBytes } = await lookOften(world.get, ids, requests);
      return [
        slowest(`Listing builds (a page of 50) while ${builds} are queued: 99 of 100 requests take at most`, listMs),
        slowest(`Showing one of ${builds} queued builds: 99 of 100 requests take at most`, showMs),
        growth(heapBytes - first.heapBytes),
      ];
    } finally {
      await world.close();
      await rm(folder, { recursive: true });
    }
  },
};

function slowest(what: string, values: readonly number[]): Row {
  return { what, goal: goalMs, unit: 'ms', figure: p99(values), samples: [{ of: 'LDF', unit: 'ms', values }] };
}

/** From a garbage collection to a garbage collection. */
function growth(bytes: number): Row {
  return {
    what: `Memory that ${requests} such requests leave behind`,
    goal: goalGrowthMb,
    unit: 'MB',
    figure: Math.max(0, bytes / 1e6),
    samples: [{ of: 'heap', unit: 'MB', values: [bytes / 1e6] }],
  };
}

type BenchWorld = Awaited<ReturnType<typeof openWorld>>;

async function openWorld(folder: string) {
  const config = loadConfig({ LDF_DATA_DIR: folder, LDF_QUEUE_LENGTH: String(builds) });
  const store = await openStore(config.databaseUrl);
  const catalog = await loadCatalog(join(import.meta.dirname, '../../components'));
  const artifacts = await openLocalArtifactStore(join(folder, 'artifacts'));
  const runtime = new FakeRuntime();
  // What runs continues, so that the queue stays as it is.
  runtime.script('resolve', () => new Promise(() => undefined));
  const images = forEachImage(image);
  const log = pino({ level: 'silent' });
  const engine = createEngine({
    ...{ store, runtime, artifacts, installation: 'bench', clock: systemClock, logger: log },
    ...{
      images: { resolve: async () => images },
      catalog: async () => catalog,
      planner: planAtOnce,
      keys: new KeySets(join(folder, 'keys')),
      journals: new Journals(folder),
      dataDir: folder,
    },
    config: engineConfig(config),
  });
  const nothing = async () => {
    throw new Error('the benchmark asks for no images');
  };
  const app = createApp({
    access: new AccessControl('none'),
    ...{
      builds: engine,
      store,
      artifacts,
      runtime,
      keys: new KeySets(join(folder, 'keys')),
      catalog: async () => catalog,
      documents: new Workbench(),
      log,
      dataDir: folder,
      settings: config.inForce,
      examplesDir: '/nowhere',
      webuiDir: folder,
    },
    version: 'bench',
    images: { verify: nothing, ensure: nothing, save: nothing, load: nothing, pull: nothing },
    allowedHosts: undefined,
    stopping: new AbortController().signal,
  });
  return {
    store,
    engine,
    /** Gives the body; throws unless the answer is good. */
    async get(path: string): Promise<string> {
      const answer = await app.request(path);
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.text();
    },
    async close() {
      await engine.stop();
      await store.close();
    },
  };
}

/** Queues builds of several distributions, and lets the engine begin. */
async function fillQueue({ store, engine }: BenchWorld): Promise<string[]> {
  const made = [];
  for (let index = 0; index < distributions; index++) {
    const name = `bench-${index}`;
    const definition = { name, version: '1', arch: 'x86_64' };
    made.push(await store.createDistribution({ name, version: '1', arch: 'x86_64', definition }));
  }
  const ids: string[] = [];
  for (let index = 0; index < builds; index++) {
    const distribution = made[Math.floor((index * distributions) / builds)];
    if (!distribution) throw new Error(`no distribution for build ${index}`);
    ids.push((await engine.create(distribution, { boot: true, noCache: false, priority: 0 })).id);
  }
  await engine.start();
  return ids;
}

/** Lists and shows in turns, one after the other; times are in milliseconds. */
async function lookOften(get: BenchWorld['get'], ids: readonly string[], count: number) {
  const listMs: number[] = [];
  const showMs: number[] = [];
  for (let index = 0; index < count; index++) {
    const isList = index % 2 === 0;
    const startedAt = performance.now();
    await get(isList ? '/v1/builds' : `/v1/builds/${ids[(index * 7) % ids.length]}`);
    (isList ? listMs : showMs).push(performance.now() - startedAt);
  }
  collectGarbage();
  return { listMs, showMs, heapBytes: process.memoryUsage().heapUsed };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('this Node.js cannot be asked to collect garbage');
  collect();
}

/** The value that 99 in 100 do not pass. */
function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}

function image(name: ImageName): StageImage {
  return { name, id: `sha256:${name}`, identity: name, sources: null, origin: 'built', sizeBytes: 1 };
}
