/** Builds, and the queue that the open ones are. */
import type { Architecture } from '../definition/definition.ts';
import type { Verdict } from '../model/artifact.ts';
import type { BuildState } from '../model/build.ts';
import type { Failure } from '../model/problem.ts';
import type { Reproducibility } from '../model/reproducibility.ts';
import type { Lock } from '../stages/lock.ts';
import type { Page, PageRequest } from './pages.ts';

export interface BuildRecord {
  id: string;
  distributionId: string | null;
  /** Counts the builds of its distribution, from 1, in the order in which they were created. */
  number: number;
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
  /** How many times the usual time limits its stages have. */
  timeFactor: number;
  error: Failure | null;
  verdict: Verdict | null;
  /** What the newest verification of this build found. */
  reproducible: Reproducibility | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  cancelRequestedAt: Date | null;
}

export interface BuildFilter {
  /** Only these, as far as there are any of them. */
  ids?: readonly string[] | undefined;
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
> & { timeFactor?: number };

export interface OpenBuildRecord extends Pick<BuildRecord, 'id' | 'distributionId' | 'priority' | 'createdAt'> {
  state: 'queued' | 'running';
  /** When a build of its distribution last began; null when none did, and for a build without distribution. */
  servedAt: Date | null;
}

/** The fields of a build that change while it lives; `state` changes go through src/engine/core/states.ts. */
export type BuildChange = Partial<
  Pick<
    BuildRecord,
    | 'state'
    | 'lock'
    | 'error'
    | 'verdict'
    | 'reproducible'
    | 'startedAt'
    | 'endedAt'
    | 'cancelRequestedAt'
    | 'timeFactor'
  >
>;

export interface BuildTable {
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
  ): Promise<Map<string, Pick<BuildRecord, 'id' | 'number' | 'state' | 'createdAt' | 'verdict'>>>;
}
