/** Stage containers and volumes on the Docker Engine. */
import type { Duplex, Readable } from 'node:stream';
import type Docker from 'dockerode';
import { type DiskSpace, diskSpaceOf } from '../../disk-space.ts';
import { LdfError } from '../../errors.ts';
import type {
  ContainerSpec,
  ContainerState,
  LogLine,
  LogPosition,
  OwnedContainer,
  OwnedVolume,
  Owner,
  RuntimeInfo,
  StageRuntime,
  VolumeRole,
} from '../runtime.ts';
import { labels } from '../runtime.ts';
import { isOnThisMachine } from './connection.ts';
import { putFile, putFiles, readContainerFile } from './container-files.ts';
import { followLog } from './container-logs.ts';
import { attachedTo, givenStdin, stageContainer, stageNetwork } from './container-options.ts';
import { openStdin } from './container-stdin.ts';
import { conversation } from './conversation.ts';
import { answerIfThere, answerOf, dockerError, httpStatus } from './docker-error.ts';
import { exportContainer, unpackFrom } from './export-files.ts';
import { type Helper, helperContainer, helperMount, helpersOf, outputOf } from './helper.ts';
import { ownerOf } from './ownership.ts';
import { describeEngine } from './preflight.ts';
import { isMissingKvm, noNetwork, startFailure } from './start-failure.ts';
import { DockerVolumes } from './volumes.ts';

/** Paths given to one helper: with 80 characters each, far from what a command line may have. */
const helperPaths = 1_000;

export class DockerRuntime implements StageRuntime {
  readonly #docker: Docker;
  readonly #installation: string;
  readonly #volumes: DockerVolumes;
  #cpus: number | undefined;
  /** The folder that the engine keeps everything in. */
  #root: string | undefined;
  /** Whether the Docker host has /dev/kvm shows when the first container asks for it. */
  #kvm: boolean | null = null;

  /** `installation` marks everything that is made here; other installations on the same engine are left alone. */
  constructor(docker: Docker, installation: string) {
    this.#docker = docker;
    this.#installation = installation;
    this.#volumes = new DockerVolumes(docker, installation);
  }

  async info(): Promise<RuntimeInfo> {
    return { ...(await describeEngine(this.#docker)), kvm: this.#kvm };
  }

  ensureVolume(name: string, role: VolumeRole, owner?: Owner): Promise<void> {
    return this.#volumes.ensure(name, role, owner);
  }

  volumeExists(name: string): Promise<boolean> {
    return this.#volumes.exists(name);
  }

  async removeVolume(name: string): Promise<void> {
    await this.#removeEndedHelpers(name);
    await this.#volumes.remove(name);
  }

  async start(spec: ContainerSpec): Promise<void> {
    const state = await this.inspect(spec.name);
    if (state && state.state !== 'created') return;
    if (!state) await this.#create(spec, spec.stdin === undefined ? sameOptions : givenStdin);
    const container = this.#docker.getContainer(spec.name);
    await putFiles(container, spec.files, spec.mounts);
    const stdin = spec.stdin === undefined ? undefined : await openStdin(container, spec.name);
    try {
      await container.start();
      if (spec.kvm) this.#kvm ??= true;
      await stdin?.write(spec.stdin ?? '');
    } catch (error) {
      stdin?.abandon();
      if (httpStatus(error) === 304) return;
      if (!this.#lacksKvm(spec, error)) throw startFailure(spec, error);
      await this.remove(spec.name);
      return this.start(spec);
    }
  }

  async converse(spec: ContainerSpec): Promise<Duplex> {
    await this.#create(spec, attachedTo);
    const container = this.#docker.getContainer(spec.name);
    await putFiles(container, spec.files, spec.mounts);
    const streams = { stream: true, hijack: true, stdin: true, stdout: true, stderr: true };
    const attached = await answerOf(`talk with container ${spec.name}`, container.attach(streams));
    try {
      await container.start();
      if (spec.kvm) this.#kvm ??= true;
    } catch (error) {
      attached.end();
      await this.remove(spec.name);
      if (!this.#lacksKvm(spec, error)) throw startFailure(spec, error);
      return this.converse(spec);
    }
    return conversation(attached);
  }

  async inspect(name: string): Promise<ContainerState | undefined> {
    const found = await answerIfThere(`inspect container ${name}`, this.#docker.getContainer(name).inspect());
    if (!found) return undefined;
    const { Status, ExitCode, OOMKilled, StartedAt, FinishedAt } = found.State;
    const state = stateOf(Status);
    if (state !== 'exited') return { state };
    return {
      state,
      exitCode: ExitCode,
      outOfMemory: OOMKilled,
      startedAt: new Date(StartedAt),
      endedAt: new Date(FinishedAt),
    };
  }

  logs(name: string, after: LogPosition | undefined, signal: AbortSignal): AsyncIterable<LogLine[]> {
    const ended = async (): Promise<boolean> => {
      const state = await this.inspect(name);
      if (!state) throw vanished(name);
      return state.state === 'exited';
    };
    const container = this.#docker.getContainer(name);
    return followLog({ container, ended, wait: (until) => this.wait(name, until) }, after, signal);
  }

  async wait(name: string, signal: AbortSignal): Promise<Extract<ContainerState, { state: 'exited' }>> {
    try {
      await answerIfThere(`wait for container ${name}`, this.#docker.getContainer(name).wait({ abortSignal: signal }));
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
    const state = await this.inspect(name);
    if (!state) throw vanished(name);
    if (state.state !== 'exited') throw new LdfError('internal', `Container ${name} is ${state.state}: it never ran.`);
    return state;
  }

  async stop(name: string, graceMs: number): Promise<void> {
    try {
      // The engine itself counts the grace, so that it ends even if we do not live to see it.
      await this.#docker.getContainer(name).stop({ t: Math.ceil(graceMs / 1000) });
    } catch (error) {
      const status = httpStatus(error);
      if (status !== 304 && status !== 404) throw dockerError(`stop container ${name}`, error);
    }
  }

  async remove(name: string): Promise<void> {
    const container = this.#docker.getContainer(name);
    try {
      await container.remove({ force: true, v: true });
    } catch (error) {
      if (httpStatus(error) === 404) return;
      if (httpStatus(error) !== 409) throw dockerError(`remove container ${name}`, error);
      // Somebody else is removing it.
      await answerIfThere(`remove container ${name}`, container.wait({ condition: 'removed' }));
    }
  }

  readFile(name: string, path: string, maxBytes: number): Promise<Buffer | undefined> {
    return readContainerFile(this.#docker.getContainer(name), path, maxBytes);
  }

  async exportFiles(
    volume: string,
    paths: readonly string[],
    directory: string,
    image: string,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#volumes.require(volume, helperMount);
    const options = exportContainer(volume, paths, image, this.#installation);
    const helper = await this.#createContainer(options);
    try {
      await unpackFrom(helper, paths, directory, `${paths.join(', ')} out of ${volume}`, signal);
    } finally {
      await this.remove(helper.id);
    }
  }

  async disk(): Promise<DiskSpace | undefined> {
    // Over a network address, a folder of the same name here would be another.
    if (!isOnThisMachine(this.#docker)) return undefined;
    this.#root ??= (await this.info()).rootFolder;
    // A server in a container reaches the socket, and not the folder.
    return this.#root ? diskSpaceOf(this.#root).catch(undefinedIfAbsent) : undefined;
  }

  async volumeBytes(volume: string, image: string): Promise<number> {
    const helper = {
      volume,
      readOnly: true,
      image,
      program: 'du',
      args: ['--summarize', '--block-size=1', helperMount],
    };
    const said = await this.#runHelper(helper, `measure volume ${volume}`);
    return Number.parseInt(said, 10);
  }

  async importFile(volume: string, path: string, content: Readable, sizeBytes: number, image: string): Promise<void> {
    await this.#volumes.require(volume, helperMount);
    const options = { volume, readOnly: false, image, program: 'true', args: [] };
    const helper = await this.#createContainer(helperContainer(options, this.#installation));
    try {
      await putFile(helper, { folder: helperMount, path, sizeBytes }, content);
    } finally {
      await this.remove(helper.id);
    }
  }

  async removeFiles(volume: string, paths: readonly string[], image: string): Promise<void> {
    for (let first = 0; first < paths.length; first += helperPaths) {
      const batch = paths.slice(first, first + helperPaths).map((path) => `${helperMount}/${path}`);
      const helper = { volume, readOnly: false, image, program: 'rm', args: ['--force', '--', ...batch] };
      await this.#runHelper(helper, `remove files from volume ${volume}`);
    }
  }

  async ownedContainers(): Promise<OwnedContainer[]> {
    const filters = { label: [`${labels.installation}=${this.#installation}`, labels.stage] };
    const found = await answerOf('list containers', this.#docker.listContainers({ all: true, filters }));
    return found.flatMap(({ Names: [name], Labels, State }) => {
      const owner = ownerOf(Labels);
      return name && owner ? [{ name: name.replace(/^\//, ''), owner, state: stateOf(State) }] : [];
    });
  }

  ownedVolumes(): Promise<OwnedVolume[]> {
    return this.#volumes.owned();
  }

  async #create(spec: ContainerSpec, shape = sameOptions): Promise<void> {
    for (const { volume, target } of spec.mounts) await this.#volumes.require(volume, target);
    if (spec.network) await this.#requireNetwork(spec);
    this.#cpus ??= (await this.info()).cpus;
    const host = { cpus: this.#cpus, kvm: spec.kvm && this.#kvm !== false };
    await this.#createContainer(shape(stageContainer(spec, this.#installation, host)));
  }

  /** Remembers it; the caller then does without. */
  #lacksKvm(spec: ContainerSpec, error: unknown): boolean {
    if (!spec.kvm || this.#kvm === false || !isMissingKvm(error)) return false;
    this.#kvm = false;
    return true;
  }

  async #createContainer(options: Docker.ContainerCreateOptions): Promise<Docker.Container> {
    const doing = `create container ${options.name}`;
    const container = await answerIfThere(doing, this.#docker.createContainer(options));
    if (container) return container;
    throw new LdfError('images.missing', `Docker has no image ${options.Image}.`, {
      hint: 'Run `ldf images build`.',
    });
  }

  async #runHelper(helper: Helper, doing: string): Promise<string> {
    await this.#volumes.require(helper.volume, helperMount);
    const container = await this.#createContainer(helperContainer(helper, this.#installation));
    try {
      return await outputOf(container, doing);
    } finally {
      await this.remove(container.id);
    }
  }

  /** Where dockerd runs with --bridge=none, Docker would start the container without a network and say nothing. */
  async #requireNetwork(spec: ContainerSpec): Promise<void> {
    const found = await answerIfThere('inspect the network', this.#docker.getNetwork(stageNetwork).inspect());
    if (!found) throw noNetwork(spec, `it has no network "${stageNetwork}"`);
  }

  /** A process that died while it exported leaves its helper, which ends with its output and keeps the volume in use. */
  async #removeEndedHelpers(volume: string): Promise<void> {
    const filters = { ...helpersOf(volume, this.#installation), status: ['exited', 'dead'] };
    const found = await answerOf('list containers', this.#docker.listContainers({ all: true, filters }));
    for (const { Id } of found) await this.remove(Id);
  }
}

/** https://docs.docker.com/reference/api/engine/: created, running, paused, restarting, removing, exited, dead. */
function stateOf(status: string): ContainerState['state'] {
  if (status === 'created') return 'created';
  return status === 'running' || status === 'paused' || status === 'restarting' ? 'running' : 'exited';
}

function sameOptions(options: Docker.ContainerCreateOptions): Docker.ContainerCreateOptions {
  return options;
}

function vanished(name: string): LdfError {
  return new LdfError('stage.vanished', `Container ${name} is gone.`, {
    hint: 'It was removed from Docker; retry the build.',
  });
}

function undefinedIfAbsent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
    return undefined;
  throw error;
}
