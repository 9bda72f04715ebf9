/** The one place where implementations are chosen. */
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import type { AccessControl } from './access/access-control.ts';
import { allowedHostNames } from './api/guard.ts';
import type { ApiServices } from './api/services.ts';
import { openLocalArtifactStore } from './artifacts/local-artifact-store.ts';
import { loadCatalog } from './catalog/catalog.ts';
import type { Config } from './config.ts';
import { installationId, makeDataFolder } from './data-folder.ts';
import { systemClock } from './engine/core/clock.ts';
import { type EngineConfig, engineConfig } from './engine/core/config.ts';
import { SpareFile } from './engine/core/spare-file.ts';
import { createEngine } from './engine/engine.ts';
import type { BuildService } from './engine/service.ts';
import { Journals } from './events/journals.ts';
import { StageImages } from './images/stage-images.ts';
import { KeySets } from './keys/key-sets.ts';
import { LiveCatalog } from './live-catalog.ts';
import { createLog } from './log.ts';
import { ofPackage } from './package-folder.ts';
import { connectDocker } from './runtime/docker/connection.ts';
import { DockerImages } from './runtime/docker/docker-images.ts';
import { DockerRuntime } from './runtime/docker/docker-runtime.ts';
import type { StageImageService } from './runtime/images.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';
import { Workbench } from './workers/workbench.ts';

export interface Parts {
  services: ApiServices;
  engine: BuildService;
  /** Closes the database. */
  close(): Promise<void>;
}

/** What a test puts in the place of what is chosen here. */
export interface Stubs {
  images?: StageImageService;
  engine?: Partial<EngineConfig>;
}

/** Opens the data folder and puts everything together; nothing runs yet. `stopping` ends streams when the server stops. */
export async function wire(
  config: Config,
  access: AccessControl,
  stopping: AbortSignal,
  stubs: Stubs = {},
): Promise<Parts> {
  const { dataDir } = config;
  await makeDataFolder(dataDir);
  const engine = { ...engineConfig(config), ...stubs.engine };
  // A database on a full disk cannot even be opened for reading.
  await new SpareFile(dataDir, engine.spareFileBytes).giveUpIfFull();
  const installation = await installationId(dataDir);
  const store = await openStore(config.databaseUrl);
  try {
    return await assemble(config, access, store, installation, stopping, stubs);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function assemble(
  config: Config,
  access: AccessControl,
  store: Store,
  installation: string,
  stopping: AbortSignal,
  stubs: Stubs,
): Promise<Parts> {
  const { dataDir } = config;
  const log = createLog(config);
  const docker = connectDocker(config.dockerHost);
  const runtime = new DockerRuntime(docker, installation);
  const images =
    stubs.images ??
    new StageImages({
      engine: new DockerImages(docker),
      directory: ofPackage('dist/stage-images'),
      lockFile: join(dataDir, 'images.lock.json'),
      spool: join(dataDir, 'incoming'),
      baseImage: config.baseImage,
    });
  const artifacts = await openLocalArtifactStore(join(dataDir, 'artifacts'));
  const components = new LiveCatalog(await loadCatalog(ofPackage('components')), store, log);
  const catalog = () => components.read();
  const workbench = new Workbench();
  const keys = new KeySets(config.keysDir);
  const engine = createEngine({
    store,
    runtime,
    images,
    catalog,
    planner: workbench,
    artifacts,
    keys,
    journals: new Journals(dataDir),
    dataDir,
    config: { ...engineConfig(config), ...stubs.engine },
    installation,
    clock: systemClock,
    logger: log,
  });
  const services: ApiServices = {
    access,
    builds: engine,
    store,
    artifacts,
    keys,
    images,
    runtime,
    catalog,
    documents: workbench,
    log,
    allowedHosts: allowedHostNames(config.host, config.allowedHosts),
    dataDir,
    settings: config.inForce,
    examplesDir: ofPackage('examples'),
    webuiDir: ofPackage('dist/webui'),
    version: packageJson.version,
    stopping,
  };
  const close = async () => {
    await workbench.close();
    await store.close();
  };
  return { services, engine, close };
}
