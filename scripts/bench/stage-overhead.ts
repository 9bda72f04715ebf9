/**
 * What the engine adds to a stage: a build whose changed stages do nothing but keep the contract, against `docker run` of
 * the same image and program. The real engine, database and Docker; nothing of the stages' own work.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { openLocalArtifactStore } from '../../src/artifacts/local-artifact-store.ts';
import { loadCatalog } from '../../src/catalog/catalog.ts';
import { loadConfig } from '../../src/config.ts';
import { systemClock } from '../../src/engine/core/clock.ts';
import { engineConfig } from '../../src/engine/core/config.ts';
import type { StageImages } from '../../src/engine/core/dependencies.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { BuildService } from '../../src/engine/service.ts';
import { Journals } from '../../src/events/journals.ts';
import { KeySets } from '../../src/keys/key-sets.ts';
import { planAtOnce } from '../../src/plan/planner.ts';
import { DockerRuntime } from '../../src/runtime/docker/docker-runtime.ts';
import { contractVersion, type RequestEnvelope } from '../../src/stages/contract.ts';
import { forEachImage, type ImageName } from '../../src/stages/names.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { openTestEngine, type TestEngine } from '../../test/fixtures/docker-engine.ts';
import { makeStandIn } from '../../test/fixtures/engine/image.ts';
import { root } from '../lib/command.mjs';
import { dockerRun, readyStage, withVolumes } from './containers.ts';
import type { Measurement } from './measurement.ts';
import { alternating, median } from './samples.ts';

const rounds = 10;
const goalMs = 300;

export const stageOverhead: Measurement = {
  name: 'stage-overhead',
  summary: 'what the engine adds to a container (a minute)',
  async run({ folder, say }) {
    const docker = await openTestEngine();
    const image = await makeStandIn(docker.docker, docker.base.id);
    const dataDir = join(folder, docker.installation);
    try {
      return await withEngine(dataDir, docker, image, async (engine, store) => {
        say(`${rounds} rounds of stages that do nothing`);
        await buildMarked(engine, store, 'first');
        let round = 0;
        const ours = () => buildMarked(engine, store, String(++round));
        const [engineMs, bareMs] = await alternating(rounds, ours, () => bareStage(docker, image));
        return [
          {
            what: 'What a stage costs beyond `docker run` of the same image, for a stage that does nothing',
            goal: goalMs,
            unit: 'ms',
            figure: median(engineMs) - median(bareMs),
            samples: [
              { of: 'engine', unit: 'ms', values: engineMs },
              { of: 'docker run', unit: 'ms', values: bareMs },
            ],
          } as const,
        ];
      });
    } finally {
      await docker.cleanUp();
      await docker.docker.getImage(image).remove({ force: true });
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};

/** An engine as the server has it, but with stages that do nothing. */
async function withEngine<Result>(
  dataDir: string,
  { docker, installation }: TestEngine,
  image: string,
  use: (engine: BuildService, store: Store) => Promise<Result>,
): Promise<Result> {
  await mkdir(dataDir, { recursive: true });
  const store = await openStore(`file:${join(dataDir, 'ldf.db')}`);
  const catalog = await loadCatalog(join(root, 'components'));
  const engine = createEngine({
    store,
    runtime: new DockerRuntime(docker, installation),
    images: { resolve: async () => onlyImage(image) },
    catalog: async () => catalog,
    planner: planAtOnce,
    artifacts: await openLocalArtifactStore(join(dataDir, 'artifacts')),
    keys: new KeySets(join(dataDir, 'keys')),
    journals: new Journals(dataDir),
    dataDir,
    config: engineConfig(loadConfig({ LDF_DATA_DIR: dataDir })),
    installation,
    clock: systemClock,
    logger: pino({ level: 'warn' }),
  });
  await engine.start();
  try {
    return await use(engine, store);
  } finally {
    await engine.stop();
    await store.close();
  }
}

function onlyImage(id: string): StageImages {
  const as = (name: ImageName) => ({ name, id, identity: id, sources: null, origin: 'built', sizeBytes: 1 }) as const;
  return forEachImage(as);
}

/** One after the other, all that a changed file makes run. */
const changedStages = ['assemble', 'package', 'boot'] as const;

/**
 * Builds a distribution in which one file has changed; gives the milliseconds for each of the stages that ran, from the
 * start of the first to the end of the build, so that nothing that happens between them is left out.
 */
async function buildMarked(engine: BuildService, store: Store, marker: string): Promise<number> {
  const distribution = await storeMarked(store, marker);
  const { id } = await engine.create(distribution, { boot: true, noCache: false, priority: 0 });
  const at = new Map<string, number>();
  for await (const entries of engine.follow(id, 0, new AbortController().signal))
    for (const { entry } of entries) {
      if (entry.type === 'end') at.set(entry.state, Date.parse(entry.at));
      if (entry.type === 'stage' && entry.state === 'running') at.set(entry.stage, Date.parse(entry.at));
    }
  const [from, to] = [at.get(changedStages[0]), at.get('succeeded')];
  if (from === undefined || to === undefined) throw new Error(`build ${id} did not do what it was to do`);
  return (to - from) / changedStages.length;
}

async function storeMarked(store: Store, marker: string) {
  const identity = { name: 'idle', version: '1', arch: 'x86_64' } as const;
  const definition = { ...identity, system: { files: [{ path: '/etc/marker', content: marker }] } };
  const known = await store.findDistributionByName(identity.name);
  return known
    ? store.updateDistribution(known.id, { ...identity, definition })
    : store.createDistribution({ ...identity, definition });
}

/** The same program by hand, with nothing but the folders it writes to; milliseconds. */
async function bareStage({ docker }: TestEngine, image: string): Promise<number> {
  const request: RequestEnvelope = {
    contract: contractVersion,
    stage: 'assemble',
    arch: 'x86_64',
    key: '0'.repeat(64),
    params: {},
  };
  return withVolumes(docker, ['out', 'work'], async (volume) => {
    const ready = await readyStage({ image, request, layers: {}, out: volume('out'), work: volume('work') });
    return 1000 * (await dockerRun({ ...ready, options: ['--network', 'none'] })).seconds;
  });
}
