/** Which builds this process works on: claimed in order, each by the lease that makes it ours, a few at a time. */
import PQueue from 'p-queue';
import type { BuildRecord, OpenBuildRecord } from '../../store/builds.ts';
import { sleep } from '../core/clock.ts';
import type { Engine } from '../core/dependencies.ts';
import { shouldResume } from '../core/failure.ts';
import { fairOrder } from '../core/fair-order.ts';
import { buildLease, Lease } from '../core/leases.ts';
import { buildHasEnded } from '../core/states.ts';

export type RunBuild = (build: BuildRecord, leaseLost: AbortSignal, cancelled: AbortSignal) => Promise<void>;

export class BuildQueue {
  readonly #engine: Engine;
  readonly #run: RunBuild;
  readonly #runs = new PQueue();
  /** The builds under way here, each with its way to be cancelled. */
  readonly #running = new Map<string, AbortController>();
  readonly #stopping = new AbortController();
  #wake = new AbortController();
  #pauseUntilMs = 0;
  /** Builds that something of ours keeps from being worked on, each with the uptime at which it is tried again. */
  readonly #notBefore = new Map<string, number>();
  #working: Promise<void> | undefined;

  constructor(engine: Engine, run: RunBuild) {
    this.#engine = engine;
    this.#run = run;
  }

  start(): void {
    this.#working ??= this.#work();
  }

  /** Leaves all builds and waits until nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#working;
    await this.#runs.onIdle();
  }

  /** Looks for work at once: there may be some. */
  wake(): void {
    this.#wake.abort();
  }

  /** Cancels a build that runs here; false when it does not. */
  cancel(buildId: string): boolean {
    const running = this.#running.get(buildId);
    running?.abort();
    return running !== undefined;
  }

  async #work(): Promise<void> {
    const { clock, config, logger } = this.#engine;
    while (!this.#stopping.signal.aborted) {
      this.#wake = new AbortController();
      const wake = this.#wake.signal;
      try {
        if (clock.uptimeMs() >= this.#pauseUntilMs) await this.#claim();
      } catch (error) {
        logger.error({ err: error }, 'the queue could not be read');
      }
      await sleep(clock, config.pollMs, wake);
    }
  }

  /**
   * The bound on builds holds for new ones. What a dead process had begun is taken up at once: its containers run anyway,
   * and those who wait here for the layers that it makes would keep it waiting.
   */
  async #claim(): Promise<void> {
    const { store, clock, config } = this.#engine;
    for (const { id, state } of this.#inOrder(await store.openBuilds())) {
      const full = this.#running.size >= config.builds;
      if ((full && state !== 'running') || this.#stopping.signal.aborted) return;
      if (this.#running.has(id) || clock.uptimeMs() < (this.#notBefore.get(id) ?? 0)) continue;
      const lease = await Lease.take(this.#engine, buildLease(id), this.#engine.owner);
      if (!lease) continue;
      const cancelled = new AbortController();
      this.#running.set(id, cancelled);
      void this.#runs.add(() => this.#runClaimed(id, lease, cancelled.signal));
    }
  }

  /** What was begun comes before what waits. */
  #inOrder(open: readonly OpenBuildRecord[]): OpenBuildRecord[] {
    // What was claimed here has begun, whether or not it says so yet.
    const builds = open.map((build) => (this.#running.has(build.id) ? { ...build, state: 'running' as const } : build));
    return [...builds.filter(({ state }) => state === 'running'), ...fairOrder(builds)];
  }

  /** Never throws: it is nobody's to catch. */
  async #runClaimed(id: string, lease: Lease, cancelled: AbortSignal): Promise<void> {
    const { store, clock, config, logger } = this.#engine;
    let again = true;
    try {
      const build = await store.getBuild(id);
      const leaseLost = AbortSignal.any([this.#stopping.signal, lease.lost]);
      if (build && !buildHasEnded(build.state)) await this.#run(build, leaseLost, cancelled);
      this.#notBefore.delete(id);
    } catch (error) {
      again = false;
      const retryAtMs = clock.uptimeMs() + config.engineRetryMs;
      if (!shouldResume(error)) {
        // Something about this build: the others continue.
        this.#notBefore.set(id, retryAtMs);
        logger.error({ err: error, build: id }, 'a build could not be worked on, and will be tried again');
      } else {
        // The container engine is away: the build waits, and so do the others.
        if (!this.#stopping.signal.aborted) this.#pauseUntilMs = retryAtMs;
        logger.warn({ build: id }, 'the work on a build was interrupted, and will be taken up again');
      }
    }
    this.#running.delete(id);
    try {
      await lease.release();
    } catch (error) {
      logger.error({ err: error, build: id }, 'the lease of a build could not be released; it will run out');
    }
    if (again) this.wake();
  }
}
