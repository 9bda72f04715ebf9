/** What the API asks of the engine. */
import type { Duplex } from 'node:stream';
import type * as z from 'zod';
import type { Definition } from '../definition/definition.ts';
import type { JournalLine, JournalPart, LogQuery } from '../events/journal-part.ts';
import type { Fix } from '../fix.ts';
import type { Build, BuildInputs, BuildOptions, BuildSummary } from '../model/build.ts';
import type { Choice } from '../model/check.ts';
import type { ConsoleWish } from '../model/console.ts';
import type { DiskReport, GcReport, GcRequest } from '../model/disk.ts';
import type { LockAnswer } from '../model/lock.ts';
import type { PlanSummary } from '../model/plan.ts';
import type { KconfigAnswer, KconfigQuery, KernelConfigAnswer, PackageAnswer, PackageQuery } from '../model/queries.ts';
import type { AddedSource } from '../model/source.ts';
import type { Attempt } from '../model/stage-run.ts';
import type { LockUpdate } from '../plan/lock.ts';
import type { Lock } from '../stages/lock.ts';
import type { StageName } from '../stages/names.ts';
import type { BuildFilter, BuildRecord } from '../store/builds.ts';
import type { DistributionRecord } from '../store/distributions.ts';
import type { Page, PageRequest } from '../store/pages.ts';
import type { SentSource } from './commands/add-source.ts';

import type { PreviewOptions } from './views/preview.ts';

export type { JournalLine, LogQuery };

export interface BuildService {
  /** Takes up what an earlier process left, then begins to work on the queue. */
  start(): Promise<void>;
  /** Stops working on the queue and leaves running stages: their containers continue, and the next start takes them up. */
  stop(): Promise<void>;

  /** Checks a definition and tells its plan, and what a build would do now. @throws LdfError `definition.impossible` with every problem. */
  plan(definition: Definition, options: PreviewOptions): Promise<PlanSummary>;
  /** Which components could be chosen, and what stands in the way of the others. */
  choices(definition: Definition): Promise<Choice[]>;
  /** Resolves what the lock lacks, and what `update` names, outside any build. */
  lock(definition: Definition, current: Lock | undefined, update: LockUpdate): Promise<Omit<LockAnswer, 'stored'>>;

  /** Which packages a suite has. @throws LdfError when the stage image is missing, or could not find out. */
  queryPackages(query: PackageQuery): Promise<PackageAnswer>;
  /** Which options a kernel has. @throws LdfError as for packages; `definition.impossible` when there is no such kernel. */
  queryKconfig(query: KconfigQuery): Promise<KconfigAnswer>;

  /**
   * The finished configuration of a definition's kernel, without compiling it.
   * @throws LdfError as for packages; `definition.impossible` with every problem, and what the stage that makes it failed with.
   */
  kernelConfig(definition: Definition, lock: Lock | undefined): Promise<KernelConfigAnswer>;
  /** That of a build; undefined when there is no such build. @throws as `kernelConfig` does. */
  kernelConfigOf(buildId: string): Promise<KernelConfigAnswer | undefined>;

  /** Queues a build. @throws LdfError when the definition cannot be built, images are missing or the queue is full. */
  create(
    distribution: DistributionRecord,
    options: BuildOptions,
    idempotency?: { key: string; requestHash: string },
  ): Promise<BuildRecord>;
  /** Asks a build to end; resolves at once. @throws LdfError `state.conflict` when it has ended. */
  cancel(buildId: string): Promise<void>;
  /** Queues an ended build again from `stage` (default: the first that did not succeed). @throws LdfError `state.conflict` when it has not ended. */
  retry(buildId: string, stage?: StageName, moreTime?: boolean): Promise<void>;
  /**
   * Changes the distribution of a failed build as its error proposes, and queues a build of that.
   * @throws LdfError `request.invalid` for a fix that it does not name, `state.conflict` when the distribution was changed since.
   */
  fix(buildId: string, fix: Fix): Promise<BuildRecord>;
  /** A distribution is gone: what was kept for it alone goes, too, in the background. */
  distributionRemoved(): void;
  /** Queues a verification of a build: rebuilt from scratch and compared. @throws LdfError `state.conflict` when it cannot be made as it was. */
  verify(buildId: string): Promise<BuildRecord>;
  /**
   * Boots an artifact by hand. The stream is its serial console: the machine is switched off when the stream is ended or
   * destroyed, or its time is over. @throws LdfError `queue.full`, `state.conflict` for what cannot be booted.
   */
  console(artifactId: string, wish: ConsoleWish): Promise<Duplex>;
  /** Removes an ended build with its journal, runs and artifacts. @throws LdfError `state.conflict` while it is not ended. */
  remove(buildId: string): Promise<void>;

  /** Puts a file into the source store. @throws LdfError `body.too-large`, `request.invalid`, `server.busy`, `storage.full`. */
  addSource(sent: SentSource): Promise<AddedSource>;

  /** What LDF's files take on disk, and the bounds of it. */
  disk(): Promise<DiskReport>;
  /** Removes what is beyond the bounds, least recently used first; never what a queued or running build needs. */
  collect(request: z.infer<typeof GcRequest>): Promise<GcReport>;

  get(buildId: string): Promise<Build | undefined>;
  /** Every attempt at every stage of a build and why it ran, in the order of the stages. */
  attempts(buildId: string): Promise<Attempt[]>;
  /** What a build was made of. */
  inputs(buildId: string): Promise<BuildInputs | undefined>;
  list(filter: BuildFilter & PageRequest): Promise<Page<BuildSummary>>;
  /** How many builds run, and the ids of those that wait, in the order in which they will start. */
  waiting(): Promise<{ running: number; queued: string[] }>;

  /** Log lines and events so far, from a position on. */
  read(buildId: string, query: LogQuery): Promise<JournalPart>;
  /** The position after the last entry there is now. */
  end(buildId: string): Promise<number>;
  /** Every entry from a position on, then new ones as they come, in batches; ends after the `end` entry or when `signal` fires. */
  follow(buildId: string, after: number, signal: AbortSignal): AsyncIterable<readonly JournalLine[]>;
}
