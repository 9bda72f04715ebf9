/** An installation of LDF of the bench's own: a server in this process, on a data folder that nobody else uses. */
import { rm } from 'node:fs/promises';
import type Docker from 'dockerode';
import { type Client, createClient } from '../../src/client/client.ts';
import { loadConfig } from '../../src/config.ts';
import { installationId, makeDataFolder } from '../../src/data-folder.ts';
import { sourcesVolume } from '../../src/engine/core/attempt-names.ts';
import type { Build } from '../../src/model/build.ts';
import type { Reproducibility } from '../../src/model/reproducibility.ts';
import type { StageRun } from '../../src/model/stage-run.ts';
import { startServer } from '../../src/server.ts';
import { RequestEnvelope, stagePaths } from '../../src/stages/contract.ts';
import type { ImageName, StageName } from '../../src/stages/names.ts';
import { stageNamed } from '../../src/stages/registry.ts';
import { openStore } from '../../src/store/open-store.ts';
import { removeOwned } from '../../test/fixtures/docker-engine.ts';
import { Problem } from '../lib/problem.mjs';
import { dockerRun } from './containers.ts';

export type DefinitionSource = Record<string, unknown> & { name: string };

export interface TimedBuild {
  build: Build;
  /** From the request to the event that says that it has succeeded. */
  seconds: number;
}

/** What a stage of a build was made of. */
export interface StageRecord {
  request: RequestEnvelope;
  /** The volume of its layer. */
  layer: string;
}

export interface Lab {
  /** Builds a definition. @throws Problem when the build does not succeed. */
  build(definition: DefinitionSource, options?: { boot?: boolean }): Promise<TimedBuild>;
  /** Makes a build again from nothing. @throws Problem when that cannot be done; bytes that differ are no failure. */
  verify(build: Build): Promise<{ verdict: Reproducibility; seconds: number }>;
  /** @throws Error for a stage that left no layer. */
  record(build: Build, stage: StageName): Promise<StageRecord>;
  /** The Docker id of a stage image. */
  imageId(image: ImageName): Promise<string>;
  /** The names of the packages that a definition asks for, without the kernel. */
  packages(definition: DefinitionSource): Promise<string[]>;
  /** The volume of the source store. */
  sources: string;
  close(): Promise<void>;
}

/** Opens the installation at `dataDir`, making it as needed, with every stage image ready. */
export async function openLab(dataDir: string, say: (line: string) => void): Promise<Lab> {
  const config = loadConfig({
    LDF_BASE_IMAGE: process.env.LDF_BASE_IMAGE,
    LDF_DOCKER_HOST: process.env.LDF_DOCKER_HOST,
    LDF_DATA_DIR: dataDir,
    LDF_PORT: '0',
    LDF_LOG_LEVEL: 'warn',
  });
  const server = await startServer(config);
  const client = createClient(server.url, { token: server.token });
  for await (const { image, kind, text } of client.stageImages.build())
    if (kind === 'done') say(`stage image ${image}: ${text}`);
  const store = await openStore(config.databaseUrl);
  return {
    build: (definition, { boot = false } = {}) => timedBuild(client, definition, boot),
    verify: (build) => timedVerification(client, build),
    async record(build, stage) {
      const layer = await store.getLayer(stageOf(build, stage).key ?? '');
      if (!layer) throw new Error(`stage ${stage} of build ${build.id} left no layer`);
      const image = await imageId(client, stageNamed(stage).image);
      return { request: await requestOf(layer.volume, image), layer: layer.volume };
    },
    imageId: (image) => imageId(client, image),
    packages: async (definition) =>
      (await client.distributions.validate({ definition })).packages.map(({ name }) => name),
    sources: sourcesVolume(await installationId(dataDir)),
    async close() {
      await store.close();
      await server.stop();
    },
  };
}

/** Removes an installation: its folder, and what Docker keeps of it. */
export async function removeLab(docker: Docker, dataDir: string): Promise<void> {
  await makeDataFolder(dataDir);
  await removeOwned(docker, await installationId(dataDir));
  await rm(dataDir, { recursive: true });
}

async function imageId(client: Client, image: ImageName): Promise<string> {
  const id = (await client.stageImages.list()).find(({ name }) => name === image)?.id;
  if (!id) throw new Error(`there is no stage image ${image}`);
  return id;
}

/** The request that a layer answers: it lies beside the result. */
async function requestOf(volume: string, image: string): Promise<RequestEnvelope> {
  const mounts = [{ volume, target: stagePaths.out, readOnly: true }];
  const command = ['cat', `${stagePaths.out}/${stagePaths.request}`];
  return RequestEnvelope.parse(JSON.parse((await dockerRun({ image, mounts, command })).stdout));
}

async function timedBuild(client: Client, definition: DefinitionSource, boot: boolean): Promise<TimedBuild> {
  const id = await storeDefinition(client, definition);
  const { build, seconds } = await untilItEnds(client, () => client.distributions.build(id, { boot }));
  if (build.state === 'succeeded') return { build, seconds };
  throw new Problem(`The build of ${definition.name} ${build.state}: ${build.error?.message}`, build.error?.hint ?? '');
}

async function timedVerification(client: Client, { id, name }: Build) {
  const { build, seconds } = await untilItEnds(client, () => client.builds.verify(id));
  const { reproducible: verdict } = await client.builds.get(id);
  if (verdict && verdict.state !== 'failed') return { verdict, seconds };
  throw new Problem(`The verification of ${name} ${build.state}: ${build.error?.message}`, build.error?.hint ?? '');
}

/** Seconds from the request to the event that says that the build has ended. */
async function untilItEnds(client: Client, start: () => Promise<Build>): Promise<TimedBuild> {
  const began = performance.now();
  const started = await start();
  for await (const { entry } of client.builds.events(started.id)) if (entry.type === 'end') break;
  const seconds = (performance.now() - began) / 1000;
  return { build: await client.builds.get(started.id), seconds };
}

async function storeDefinition(client: Client, definition: DefinitionSource): Promise<string> {
  const [known] = (await client.distributions.list({ name: definition.name })).items;
  if (!known) return (await client.distributions.create({ definition })).id;
  return (await client.distributions.update(known.id, { definition })).id;
}

/** A stage of a build. @throws Error when it has none of that name. */
export function stageOf({ stages, id }: Build, name: StageName): StageRun {
  const stage = stages.find((run) => run.name === name);
  if (!stage) throw new Error(`build ${id} has no stage ${name}`);
  return stage;
}

/** How long a stage ran, in seconds. */
export function stageSeconds(build: Build, name: StageName): number {
  const { startedAt, endedAt } = stageOf(build, name);
  if (!startedAt || !endedAt) throw new Error(`stage ${name} of build ${build.id} has not ended`);
  return (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
}

/** @throws Problem when another stage ran, or one of these did not. */
export function assertRan({ stages, name }: Build, expected: readonly StageName[]): void {
  const ran = stages.filter(({ state }) => state !== 'cached').map((stage) => stage.name);
  if (ran.join() === expected.join()) return;
  throw new Problem(
    `Of the build of ${name} ran ${ran.join(', ') || 'nothing'}, not ${expected.join(', ') || 'nothing'}.`,
  );
}
