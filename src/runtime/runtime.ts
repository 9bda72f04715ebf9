/**
 * What the engine needs of a container engine, and nothing more. `docker/` implements it with dockerode, `fake/` is
 * scriptable for tests. Names are given by the caller, so that every call can be repeated after a crash.
 */
import type { Duplex, Readable } from 'node:stream';
import type { Architecture } from '../definition/definition.ts';
import type { DiskSpace } from '../disk-space.ts';
import type { Capability } from '../stages/capability.ts';
import type { ImageName, StageName } from '../stages/names.ts';

/** Labels on every container and volume, so that one owner finds and removes them. */
export const labels = {
  /** Which installation (data folder) owns it; another's things are never touched. */
  installation: 'ldf.installation',
  build: 'ldf.build',
  stage: 'ldf.stage',
  attempt: 'ldf.attempt',
  /** layer, work, sources, cache or helper. */
  role: 'ldf.role',
} as const;

export type VolumeRole = 'layer' | 'work' | 'sources' | 'cache';

export interface Owner {
  build: string;
  stage: StageName;
  attempt: number;
}

export interface VolumeMount {
  volume: string;
  /** Path in the container. */
  target: string;
  readOnly: boolean;
}

export interface Limits {
  memoryBytes: number;
  pids: number;
  /** CPUs, may be a fraction; 0 = no limit. */
  cpus: number;
  /** What the container may write to its log, as `logCost` counts it; whoever reads the log ends it before. */
  logBytes: number;
  /** How long it may run; whoever started it ends it before. */
  timeoutMs: number;
}

/** One run of a stage container. */
export interface ContainerSpec {
  name: string;
  owner: Owner;
  /** Image id (`sha256:…`), never a floating tag. */
  image: string;
  hostname: string;
  mounts: readonly VolumeMount[];
  network: boolean;
  capabilities: readonly Capability[];
  kvm: boolean;
  limits: Limits;
  /** Files to put into the container's mounted volumes before it starts: absolute path → text. */
  files: Readonly<Record<string, string>>;
  /** What it can read once, from its stdin: kept nowhere, neither in the container's configuration nor in a file. */
  stdin?: string;
  /** Words after the image's entrypoint. */
  command?: readonly string[];
}

/**
 * Where reading a container's log stopped: the time stamp of a log entry (RFC 3339 with nanoseconds), and how many lines
 * ended from that entry on. Nearly always that is the last line's own stamp and 1.
 */
export interface LogPosition {
  timestamp: string;
  count: number;
}

export interface LogLine {
  stream: 'stdout' | 'stderr';
  /** As Docker stamped it, RFC 3339 with nanoseconds. */
  timestamp: string;
  /** Without its line end; pieces that Docker split at 16 KiB are joined. */
  text: string;
  /** The position just after this line. */
  position: LogPosition;
}

export type ContainerState =
  | { state: 'created' | 'running' }
  | { state: 'exited'; exitCode: number; outOfMemory: boolean; startedAt: Date; endedAt: Date };

export interface OwnedContainer {
  name: string;
  owner: Owner;
  state: ContainerState['state'];
}

export interface OwnedVolume {
  name: string;
  role: VolumeRole;
  owner: Owner | undefined;
}

export interface RuntimeInfo {
  version: string;
  cpus: number;
  memoryBytes: number;
  /** Of the machine, null when it is none that LDF builds for. */
  architecture: Architecture | null;
  /** Whether guests get /dev/kvm; null until the first has asked for it. */
  kvm: boolean | null;
  /** Where the engine keeps its volumes, on its own machine. */
  rootFolder: string;
  /** What would keep builds from running, in plain words, each with its way out. */
  problems: { message: string; hint: string }[];
}

/** Implementations throw LdfError `docker.unavailable` when the engine does not answer. */
export interface StageRuntime {
  info(): Promise<RuntimeInfo>;
  /** Creates a volume unless it exists. */
  ensureVolume(name: string, role: VolumeRole, owner?: Owner): Promise<void>;
  volumeExists(name: string): Promise<boolean>;
  /** Removing what is not there is fine. */
  removeVolume(name: string): Promise<void>;
  /** Creates the container with its files and starts it. When one of that name exists already, it is started if it was only created, and left alone otherwise. */
  start(spec: ContainerSpec): Promise<void>;
  /**
   * Creates and starts a container that is talked with: what is written is its stdin, what is read its stdout and stderr.
   * Nothing is logged. Its stdin ends with the stream, also when this process dies.
   */
  converse(spec: ContainerSpec): Promise<Duplex>;
  /** undefined when there is no such container. */
  inspect(name: string): Promise<ContainerState | undefined>;
  /** Follows the log from `after` to the container's end, in batches of whole lines; ends early when `signal` fires. */
  logs(name: string, after: LogPosition | undefined, signal: AbortSignal): AsyncIterable<LogLine[]>;
  /** Resolves when the container has ended. @throws LdfError `stage.vanished` when it is gone. */
  wait(name: string, signal: AbortSignal): Promise<Extract<ContainerState, { state: 'exited' }>>;
  /** SIGTERM, `graceMs`, SIGKILL; resolves when it has ended. A container that is gone is fine. */
  stop(name: string, graceMs: number): Promise<void>;
  /** Removes a container, running or not; one that is gone is fine. */
  remove(name: string): Promise<void>;
  /** A small file out of a container's volumes, the container being stopped or not; undefined when there is none. */
  readFile(name: string, path: string, maxBytes: number): Promise<Buffer | undefined>;
  /**
   * Copies files out of a volume into a folder of this machine, keeping holes; `image` brings the tar that reads them.
   * @throws LdfError `stage.result-invalid` for what is no regular file.
   */
  exportFiles(
    volume: string,
    paths: readonly string[],
    directory: string,
    image: string,
    signal: AbortSignal,
  ): Promise<void>;
  /** The disk that volumes lie on; undefined when it belongs to another machine. */
  disk(): Promise<DiskSpace | undefined>;
  /** What the files of a volume take on disk; `image` brings the du that adds them up. */
  volumeBytes(volume: string, image: string): Promise<number>;
  /**
   * Puts a file into a volume, in place of one that is there. `image` is that of a container that is made for it, and not started.
   * @param content of `sizeBytes`
   */
  importFile(volume: string, path: string, content: Readable, sizeBytes: number, image: string): Promise<void>;
  /** Removes files from a volume; those that are gone are fine. `image` brings the rm. */
  removeFiles(volume: string, paths: readonly string[], image: string): Promise<void>;
  ownedContainers(): Promise<OwnedContainer[]>;
  ownedVolumes(): Promise<OwnedVolume[]>;
}

/** A stage image as this installation has it. */
export interface StageImage {
  name: ImageName;
  /** Image id of the container engine. */
  id: string;
  /** sha256 of root layers and configuration: the same for a built, saved, loaded and pulled image. */
  identity: string;
  /** sha256 of Dockerfile and program the image was built from; null for one that was pulled or loaded without that label. */
  sources: string | null;
  origin: 'built' | 'pulled' | 'loaded';
  sizeBytes: number;
}
