/**
 * A container engine in memory, for tests: containers run scripts, volumes are maps of files. It knows nothing of the
 * engine that uses it and lives on when that is dropped, as a real one does when the process dies.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Duplex, PassThrough, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { DiskSpace } from '../../disk-space.ts';
import { LdfError } from '../../errors.ts';
import type { QueryName, StageName } from '../../stages/names.ts';
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
import { type Exited, FakeContainer, type ScriptEnd } from './fake-container.ts';
import { defaultAnswers, defaultScripts, FakeStage, type StageScript } from './fake-stage.ts';

export interface FakeVolume {
  role: VolumeRole;
  owner: Owner | undefined;
  files: Map<string, Buffer>;
}

const byDefault: ReadonlyMap<StageName, StageScript> = new Map(Object.entries(defaultScripts));

export class FakeRuntime implements StageRuntime {
  readonly volumes = new Map<string, FakeVolume>();
  readonly containers = new Map<string, FakeContainer>();
  /** Every container that was ever started, in order. */
  readonly started: ContainerSpec[] = [];
  /** The disk that volumes lie on. */
  space: DiskSpace | undefined;
  /** While set, no call is answered. */
  away = false;
  readonly #scripts = new Map(byDefault);
  readonly #answers = new Map<string, StageScript>(Object.entries(defaultAnswers));

  /** What the containers of a stage do from now on; without a script, what they do by default. */
  script(stage: StageName, script = byDefault.get(stage)): void {
    if (!script) throw new Error(`stage ${stage} does nothing by default`);
    this.#scripts.set(stage, script);
  }

  /** What the containers of a query do from now on. */
  answer(query: QueryName, script: StageScript = defaultAnswers[query]): void {
    this.#answers.set(query, script);
  }

  /** Somebody removes a stage's containers behind everyone's back. */
  vanish(stage: StageName): void {
    for (const [name, container] of this.containers)
      if (container.spec.owner.stage === stage) {
        this.containers.delete(name);
        container.vanish();
      }
  }

  async info(): Promise<RuntimeInfo> {
    this.#answer();
    return {
      version: 'fake',
      cpus: 2,
      memoryBytes: 8 * 2 ** 30,
      architecture: 'x86_64',
      kvm: null,
      rootFolder: '/',
      problems: [],
    };
  }

  async ensureVolume(name: string, role: VolumeRole, owner?: Owner): Promise<void> {
    this.#answer();
    if (!this.volumes.has(name)) this.volumes.set(name, { role, owner, files: new Map() });
  }

  async volumeExists(name: string): Promise<boolean> {
    this.#answer();
    return this.volumes.has(name);
  }

  async removeVolume(name: string): Promise<void> {
    this.#answer();
    for (const { spec } of this.containers.values())
      if (spec.mounts.some(({ volume }) => volume === name))
        throw new LdfError('state.conflict', `Volume ${name} is in use by ${spec.name}.`);
    this.volumes.delete(name);
  }

  async start(spec: ContainerSpec): Promise<void> {
    this.#answer();
    const container = this.containers.get(spec.name) ?? new FakeContainer(spec);
    if (container.state.state !== 'created') return;
    for (const { volume } of spec.mounts) this.volume(volume);
    this.containers.set(spec.name, container);
    for (const [path, text] of Object.entries(spec.files))
      this.#files(spec, path)?.files.set(...inside(spec, path, text));
    this.started.push(spec);
    const stage = new FakeStage(this, container);
    const { query } = stage;
    const script = query ? this.#answers.get(query.query) : this.#scripts.get(spec.owner.stage);
    if (!script) throw new Error(`there is no script for ${query?.query ?? spec.owner.stage}`);
    container.run(() => script(stage));
  }

  /** The container says a prompt and then what it hears, and ends with the stream. */
  async converse(spec: ContainerSpec): Promise<Duplex> {
    this.#answer();
    const container = new FakeContainer(spec);
    for (const { volume } of spec.mounts) this.volume(volume);
    this.containers.set(spec.name, container);
    this.started.push(spec);
    const stream = new PassThrough();
    const ended = new Promise<ScriptEnd>((resolve) => stream.once('close', () => resolve(0)));
    container.killed.addEventListener('abort', () => stream.end());
    container.run(() => ended);
    stream.write('login: ');
    return stream;
  }

  async inspect(name: string): Promise<ContainerState | undefined> {
    this.#answer();
    return this.containers.get(name)?.state;
  }

  logs(name: string, after: LogPosition | undefined, signal: AbortSignal): AsyncIterable<LogLine[]> {
    return this.#container(name).follow(after, signal);
  }

  async wait(name: string, signal: AbortSignal): Promise<Exited> {
    return this.#container(name).ended(signal);
  }

  async stop(name: string): Promise<void> {
    this.#answer();
    const container = this.containers.get(name);
    container?.kill();
    if (container?.state.state === 'running') await container.ended(new AbortController().signal);
  }

  async remove(name: string): Promise<void> {
    this.#answer();
    const container = this.containers.get(name);
    this.containers.delete(name);
    container?.vanish();
  }

  async readFile(name: string, path: string, maxBytes: number): Promise<Buffer | undefined> {
    this.#answer();
    const { spec } = this.#container(name);
    const content = this.#files(spec, path)?.files.get(inside(spec, path)[0]);
    if (content && content.length > maxBytes)
      throw new LdfError('stage.result-invalid', `${path} has ${content.length} bytes.`);
    return content;
  }

  async exportFiles(volume: string, paths: readonly string[], directory: string): Promise<void> {
    this.#answer();
    for (const path of paths) {
      const content = this.volume(volume).files.get(path);
      if (!content) throw new LdfError('not-found', `${volume} has no ${path}.`);
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
  }

  async disk(): Promise<DiskSpace | undefined> {
    this.#answer();
    return this.space;
  }

  async volumeBytes(volume: string): Promise<number> {
    this.#answer();
    return [...this.volume(volume).files.values()].reduce((sum, content) => sum + content.length, 0);
  }

  async importFile(volume: string, path: string, content: Readable): Promise<void> {
    this.#answer();
    this.volume(volume).files.set(path, await buffer(content));
  }

  async removeFiles(volume: string, paths: readonly string[]): Promise<void> {
    this.#answer();
    for (const path of paths) this.volume(volume).files.delete(path);
  }

  async ownedContainers(): Promise<OwnedContainer[]> {
    this.#answer();
    return [...this.containers].map(([name, { spec, state }]) => ({ name, owner: spec.owner, state: state.state }));
  }

  async ownedVolumes(): Promise<OwnedVolume[]> {
    this.#answer();
    return [...this.volumes].map(([name, { role, owner }]) => ({ name, role, owner }));
  }

  /** @throws LdfError `not-found`. */
  volume(name: string): FakeVolume {
    const volume = this.volumes.get(name);
    if (!volume) throw new LdfError('not-found', `Volume ${name} is gone.`);
    return volume;
  }

  #files(spec: ContainerSpec, path: string): FakeVolume | undefined {
    const mount = spec.mounts.find(({ target }) => path.startsWith(`${target}/`));
    return mount && this.volumes.get(mount.volume);
  }

  #container(name: string): FakeContainer {
    this.#answer();
    const container = this.containers.get(name);
    if (!container) throw new LdfError('stage.vanished', `Container ${name} is gone.`);
    return container;
  }

  #answer(): void {
    if (this.away) throw new LdfError('docker.unavailable', 'Docker does not answer.');
  }
}

/** A file's path within its volume, with its content. */
function inside(spec: ContainerSpec, path: string, text = ''): [string, Buffer] {
  const mount = spec.mounts.find(({ target }) => path.startsWith(`${target}/`));
  return [path.slice((mount?.target.length ?? 0) + 1), Buffer.from(text)];
}
