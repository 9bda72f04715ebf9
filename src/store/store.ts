/** What the rest of LDF knows of the database: plain records and a few atomic operations. Only src/store imports Prisma. */
import type { Architecture } from '../definition/definition.ts';
import type { Verdict } from '../model/artifact.ts';
import type { BuildState } from '../model/build.ts';
import type { Failure } from '../model/problem.ts';
import type { Reproducibility } from '../model/reproducibility.ts';
import type { Comparison, StageState } from '../model/stage-run.ts';
import type { ArtifactFacts } from '../stages/artifact-facts.ts';
import type { StageResult, Usage } from '../stages/contract.ts';
import type { KernelGroup, Lock } from '../stages/lock.ts';
import type { StageName } from '../stages/names.ts';

export interface DistributionRecord {
  id: string;
  name: string;
  version: string;
  arch: Architecture;
  /** As written. */
  definition: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
}

/** What a definition chooses. */
export type ChosenComponents = { kind: string; name: string }[];

export interface NewDistribution extends Pick<DistributionRecord, 'name' | 'version' | 'arch' | 'definition'> {
  components?: ChosenComponents;
}

/** A distribution in a list: without its definition, which may be large. */
export interface ListedDistribution extends Omit<DistributionRecord, 'definition'> {
  /** null of one that was stored by an older LDF. */
  components: ChosenComponents | null;
}

export interface BuildRecord {
  id: string;
  distributionId: string | null;
  name: string;
  version: string;
  state: BuildState;
  arch: Architecture;
  formats: string[];
  definition: unknown;
  /** The user-added components the build was started with, as written. */
  components: unknown[];
  lock: Lock | null;
  boot: boolean;
  noCache: boolean;
  /** The build that this one, a verification, builds again. */
  verifies: string | null;
  priority: number;
  error: Failure | null;
  verdict: Verdict | null;
  /** What the newest verification of this build found. */
  reproducible: Reproducibility | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  cancelRequestedAt: Date | null;
}

export interface StageRunRecord {
  id: string;
  buildId: string;
  stage: StageName;
  attempt: number;
  state: StageState;
  key: string | null;
  reason: string | null;
  /** Runs even when the cache holds its layer, because a retry named its stage or one before it. */
  forced: boolean;
  /** Began with what an earlier run of its distribution had kept: its result is for that distribution alone. */
  warm: boolean;
  /** null in what `listStageRuns` gives, as is `compared`: they may be large. */
  request: unknown;
  compared: Comparison | null;
  progress: number;
  note: string;
  error: Failure | null;
  exitCode: number | null;
  startedAt: Date | null;
  endedAt: Date | null;
  /** The machine's uptime when it started; null when it did not. */
  startedUptimeMs: number | null;
  /** How long it ran, whatever became of the wall clock; null while it has not ended. */
  durationMs: number | null;
  /** What its container has used; null while nothing is known of it. */
  usage: Usage | null;
}

export interface LayerRecord {
  /** The content key; of a verification's own layer, which nobody else is to find, what `layerKey` makes of it. */
  key: string;
  stage: StageName;
  volume: string;
  result: Extract<StageResult, { ok: true }>;
  /** What it takes on disk, as far as that is known. */
  sizeBytes: number;
  createdAt: Date;
  lastUsedAt: Date;
}

/** Whose cache it is and what for: only builds of the distribution begin with it, and only on the same sources and tools. */
export interface CacheId {
  distributionId: string;
  /** Such as kernel-trees. */
  cache: string;
  /** sha256 of what it depends on. */
  key: string;
}

export interface CacheRecord extends CacheId {
  volume: string;
  sizeBytes: number;
  lastUsedAt: Date;
}

export interface SourceRecord {
  sha256: string;
  filename: string;
  sizeBytes: number;
  lastUsedAt: Date;
}

export interface ArtifactRecord extends ArtifactFacts {
  id: string;
  buildId: string;
  name: string;
  sizeBytes: number;
  /** What the content takes in the store, less its holes. */
  storedBytes: number;
  sha256: string;
  verdict: Verdict | null;
  createdAt: Date;
  /** When garbage collection removed the content; null while it is there. */
  removedAt: Date | null;
}

/** An artifact whose content is there, with what decides whether it may go. */
export interface KeptArtifact extends Pick<ArtifactRecord, 'id' | 'name' | 'kind' | 'storedBytes' | 'sha256'> {
  build: Pick<BuildRecord, 'id' | 'distributionId' | 'name' | 'arch' | 'state' | 'createdAt' | 'endedAt'>;
}

export interface ComponentRecord {
  kind: string;
  name: string;
  spec: Record<string, unknown>;
}

/** A component as it lies there, unchecked; `spec` is null when it is no JSON. */
export interface StoredComponent extends Omit<ComponentRecord, 'spec'> {
  spec: unknown;
}

/** A page of a list, newest first unless said otherwise; `cursor` is opaque and comes from the page before. */
export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
  /** Rows of this page that this version cannot read; absent without any. */
  unreadable?: { id: string; why: string }[];
}

export interface BuildFilter {
  state?: BuildState | undefined;
  arch?: Architecture | undefined;
  distributionId?: string | undefined;
}

export type NewBuild = Pick<
  BuildRecord,
  | 'distributionId'
  | 'name'
  | 'version'
  | 'arch'
  | 'formats'
  | 'definition'
  | 'components'
  | 'lock'
  | 'boot'
  | 'noCache'
  | 'verifies'
  | 'priority'
>;

export interface OpenBuildRecord extends Pick<BuildRecord, 'id' | 'distributionId' | 'priority' | 'createdAt'> {
  state: 'queued' | 'running';
  /** When a build of its distribution last began; null when none did, and for a build without distribution. */
  servedAt: Date | null;
}

/** A run that succeeded, as estimates take it. */
export interface PastRun {
  seconds: number;
  name: string;
  arch: Architecture;
}

/** Runs of a stage that have come to the same state, taken together. */
export interface StageTotals {
  stage: StageName;
  state: StageState;
  runs: number;
  seconds: number;
}

/** The fields of a build that change while it lives; `state` changes go through src/engine/core/states.ts. */
export type BuildChange = Partial<
  Pick<
    BuildRecord,
    'state' | 'lock' | 'error' | 'verdict' | 'reproducible' | 'startedAt' | 'endedAt' | 'cancelRequestedAt'
  >
>;
export type StageRunChange = Partial<
  Pick<
    StageRunRecord,
    | 'state'
    | 'key'
    | 'reason'
    | 'request'
    | 'compared'
    | 'warm'
    | 'progress'
    | 'note'
    | 'error'
    | 'exitCode'
    | 'startedAt'
    | 'endedAt'
    | 'startedUptimeMs'
    | 'durationMs'
    | 'usage'
  >
>;

/** A span of the machine's uptime, in milliseconds. */
export interface LeaseSpan {
  fromMs: number;
  untilMs: number;
  /** The start of the machine that both count from; null where the machine does not tell. */
  bootId: string | null;
}

export interface Store {
  close(): Promise<void>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;

  /** @throws LdfError `name.taken`, `quota.reached`. */
  createDistribution(input: NewDistribution): Promise<DistributionRecord>;
  updateDistribution(id: string, input: NewDistribution): Promise<DistributionRecord>;
  getDistribution(id: string): Promise<DistributionRecord | undefined>;
  findDistributionByName(name: string): Promise<DistributionRecord | undefined>;
  listDistributions(page: PageRequest & { name?: string | undefined }): Promise<Page<ListedDistribution>>;
  /** Notes what the definition of a distribution chooses, unless that has been stored since. */
  noteComponents(distributionId: string, components: ChosenComponents): Promise<void>;
  /** Builds stay, without their distribution. */
  deleteDistribution(id: string): Promise<void>;
  getLocks(distributionId: string): Promise<Partial<Record<Architecture, Lock>>>;
  /** @throws LdfError `quota.reached`. */
  setLock(distributionId: string, lock: Lock): Promise<void>;

  /** Another number after every change of a component, whichever process made it. */
  componentsRevision(): Promise<number>;
  listComponents(): Promise<StoredComponent[]>;
  /** @throws LdfError `quota.reached`. */
  putComponent(component: ComponentRecord): Promise<void>;
  deleteComponent(kind: string, name: string): Promise<boolean>;

  /** With an idempotency key used before for the same request, gives the build it made. @throws LdfError `idempotency.mismatch`, `queue.full` when `maxQueued` builds wait. */
  createBuild(
    input: NewBuild,
    options: { idempotencyKey?: string | undefined; requestHash?: string | undefined; maxQueued: number },
  ): Promise<BuildRecord>;
  /** The build that the same request made before. @throws LdfError `idempotency.mismatch` when the key was used for another one. */
  findRepeated(idempotencyKey: string, requestHash: string): Promise<BuildRecord | undefined>;
  getBuild(id: string): Promise<BuildRecord | undefined>;
  /** Without definitions, components and locks, which are large: null, none and null. */
  listBuilds(filter: BuildFilter & PageRequest): Promise<Page<BuildRecord>>;
  /** Compare-and-set on the state: false when the build was not in `from`. */
  changeBuild(id: string, from: readonly BuildState[], change: BuildChange): Promise<boolean>;
  deleteBuild(id: string): Promise<void>;
  /** Builds that are queued or running, by priority, then age. */
  openBuilds(): Promise<OpenBuildRecord[]>;
  /** How many builds there are in each state. */
  countBuilds(): Promise<Record<BuildState, number>>;
  /** Which of these builds there are. */
  knownBuilds(ids: readonly string[]): Promise<Set<string>>;
  /** Of each distribution the newest build that is no verification. */
  lastBuilds(
    distributionIds: readonly string[],
  ): Promise<Map<string, Pick<BuildRecord, 'id' | 'state' | 'createdAt' | 'verdict'>>>;

  /** @throws LdfError `not-found` when the build is gone, `state.conflict` when it has that attempt. */
  addStageRun(run: Omit<StageRunRecord, 'id'>): Promise<StageRunRecord>;
  /** Compare-and-set on the state. */
  changeStageRun(id: string, from: readonly StageState[], change: StageRunChange): Promise<boolean>;
  /** All attempts, in order of stage start. */
  listStageRuns(buildIds: readonly string[]): Promise<StageRunRecord[]>;
  /** All attempts of one build with their requests and what they were compared with, in the same order. */
  wholeStageRuns(buildId: string): Promise<StageRunRecord[]>;
  /** The newest successful run of a stage in an earlier build of the distribution: what a reason is worked out against. */
  previousRun(distributionId: string, stage: StageName, beforeBuild: string): Promise<StageRunRecord | undefined>;
  /** The newest `limit` succeeded runs of a stage. */
  stageHistory(stage: StageName, limit: number): Promise<PastRun[]>;
  stageTotals(): Promise<StageTotals[]>;
  /** How many attempts failed with each code at each stage. */
  failureTotals(): Promise<{ stage: StageName; code: string; runs: number }[]>;

  getLayer(key: string): Promise<LayerRecord | undefined>;
  findLayers(keys: readonly string[]): Promise<LayerRecord[]>;
  /** The commit of a layer. false when the key has one already. */
  addLayer(layer: Omit<LayerRecord, 'createdAt' | 'lastUsedAt'>): Promise<boolean>;
  /** Gives a layer a fresh volume of the same content. false when `from` is not its volume any more. */
  replaceLayer(key: string, volumes: { from: string; to: string }): Promise<boolean>;
  /** A layer that counts as used from now on, so that `dropLayer` of who looked before leaves it alone. */
  useLayer(key: string): Promise<LayerRecord | undefined>;
  setLayerSize(key: string, sizeBytes: number): Promise<void>;
  removeLayer(key: string): Promise<void>;
  /** Removes a layer unless it was used since `lastUsedAt`; false when it was. */
  dropLayer(key: string, lastUsedAt: Date): Promise<boolean>;
  listLayers(): Promise<LayerRecord[]>;
  /** Sizes of the newest `limit` layers of a stage. */
  layerSizes(stage: StageName, limit: number): Promise<number[]>;

  /** What an earlier run kept; it counts as used from now on, see `useLayer`. */
  useCache(id: CacheId): Promise<CacheRecord | undefined>;
  /** Puts a volume in the place of what was kept under the same id, and gives the volume that it replaced. */
  putCache(cache: Omit<CacheRecord, 'lastUsedAt'>): Promise<string | undefined>;
  listCaches(): Promise<CacheRecord[]>;
  /** Removes the row of a volume unless it was used since `lastUsedAt`; false when it was, or is not there. */
  dropCache(volume: string, lastUsedAt?: Date): Promise<boolean>;

  /** Notes what resolve wrote; `resolvedBy` is the build, null outside any. The newest `resolvedKernelsKept` stay. */
  addResolvedKernel(arch: Architecture, kernel: KernelGroup, resolvedBy: string | null): Promise<void>;
  /** The newest kernel that resolve wrote for a wish. */
  findResolvedKernel(arch: Architecture, of: string): Promise<KernelGroup | undefined>;

  /** Which of these hashes are in the source store; they count as used from now on, see `useLayer`. */
  useSources(sha256s: readonly string[]): Promise<Set<string>>;
  addSources(sources: readonly Omit<SourceRecord, 'lastUsedAt'>[]): Promise<void>;
  listSources(): Promise<SourceRecord[]>;
  /** Each counts as not there from now on, unless it was used since its `lastUsedAt`; its file is then to be removed. */
  markSources(sources: readonly Pick<SourceRecord, 'sha256' | 'lastUsedAt'>[]): Promise<void>;
  /** The hashes of all that are marked. */
  markedSources(): Promise<string[]>;
  /** Takes out what is marked, its files being gone. */
  removeMarkedSources(sha256s: readonly string[]): Promise<void>;
  forgetSources(): Promise<void>;

  /** An artifact of the same build and name is replaced, keeping its id. */
  addArtifacts(artifacts: readonly Omit<ArtifactRecord, 'id' | 'createdAt' | 'removedAt'>[]): Promise<void>;
  setVerdict(buildId: string, artifactName: string, verdict: Verdict | null): Promise<void>;
  getArtifact(id: string): Promise<ArtifactRecord | undefined>;
  listArtifacts(buildIds: readonly string[]): Promise<ArtifactRecord[]>;
  /** How many artifacts need a content, so that its file can go with the last of them. */
  countArtifactsOf(sha256: string): Promise<number>;
  keptArtifacts(): Promise<KeptArtifact[]>;
  markRemoved(artifactIds: readonly string[], removedAt: Date): Promise<void>;

  /** What is on disk by the rows, each content once. */
  storedBytes(): Promise<{ layers: number; sources: number; caches: number; artifacts: number }>;

  /** Takes or renews a lease for a span of the machine's uptime; false when somebody else holds it at its beginning. */
  acquireLease(name: string, owner: string, span: LeaseSpan): Promise<boolean>;
  releaseLease(name: string, owner: string): Promise<void>;
}
