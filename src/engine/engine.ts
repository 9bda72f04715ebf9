/** The engine: `createEngine` puts its parts together behind the interface that the API knows. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import PQueue from 'p-queue';
import { LdfError } from '../errors.ts';
import { BuildQueue } from './builds/queue.ts';
import { removeOrphans } from './builds/recovery.ts';
import { runBuild } from './builds/run-build.ts';
import { addSource } from './commands/add-source.ts';
import { cancelBuild } from './commands/cancel.ts';
import { Consoles } from './commands/consoles.ts';
import { fixBuild } from './commands/fix.ts';
import { removeBuild } from './commands/remove-build.ts';
import { createBuild, retryBuild } from './commands/submit.ts';
import { verifyBuild } from './commands/verify.ts';
import { BoundedQueue } from './core/bounded-queue.ts';
import type { Engine, EngineDependencies } from './core/dependencies.ts';
import { Estimates } from './core/estimates.ts';
import { fairOrder } from './core/fair-order.ts';
import { MachineArchitecture } from './core/machine-architecture.ts';
import { SpareFile } from './core/spare-file.ts';
import { buildHasEnded } from './core/states.ts';
import { Collector } from './gc/collector.ts';
import { DiskMeter, describeDisk } from './gc/disk-use.ts';
import { Queries } from './queries/queries.ts';
import { resolveLock } from './results/resolve-lock.ts';
import type { BuildService } from './service.ts';
import { describeAttempts, describeBuilds } from './views/describe.ts';
import { describeInputs } from './views/inputs.ts';
import { previewPlan } from './views/preview.ts';
import { summaryOf } from './views/summary.ts';

export function createEngine(dependencies: EngineDependencies): BuildService {
  const { store, journals, config, logger } = dependencies;
  const engine: Engine = {
    ...dependencies,
    owner: `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
    slots: new PQueue({ concurrency: config.heavyStages }),
    spare: new SpareFile(dependencies.dataDir, config.spareFileBytes),
    disk: () => meter.read(),
    cleanUp: () => collector.wake(),
    machineArchitecture: (anew) => machine.read(anew),
    knownPackages: (suite, arch) => queries.knownPackages(suite, arch),
  };
  const machine = new MachineArchitecture(dependencies);
  const meter = new DiskMeter(engine);
  const collector = new Collector(engine, meter);
  const queue = new BuildQueue(engine, (build, leaseLost, cancelled) =>
    runBuild(engine, build, leaseLost, cancelled).finally(engine.cleanUp),
  );
  const consoles = new Consoles(engine);
  const estimates = new Estimates(dependencies);
  const stopping = new AbortController();
  const queries = new Queries(engine, stopping.signal);
  const locks = new BoundedQueue({
    ...{ atOnce: config.lockRuns, waiting: config.locksWaiting },
    tooMany: 'Too many locks are waiting to be resolved.',
  });
  const outside = new Set<Promise<unknown>>();
  /** Runs outside builds: a stopping engine waits for what they clear away. */
  const track = <Value>(run: Promise<Value>): Promise<Value> => {
    outside.add(run);
    return run.finally(() => outside.delete(run));
  };

  return {
    async start() {
      try {
        await removeOrphans(engine);
      } catch (error) {
        if (!(error instanceof LdfError)) throw error;
        logger.warn({ err: error }, 'what dead processes left could not be looked for; the next start does it');
      }
      queue.start();
      engine.cleanUp();
    },
    async stop() {
      stopping.abort();
      await consoles.stop();
      await queue.stop();
      // Last: the end of a build is one of its beginnings.
      await Promise.all([collector.stop(), Promise.allSettled(outside)]);
    },

    plan: (definition, options) => previewPlan(engine, estimates, definition, options),
    choices: async (definition) => engine.planner.choices(definition, await engine.catalog()),
    lock: (definition, current, update) =>
      track(resolveLock(engine, definition, current, update, locks, stopping.signal)),
    queryPackages: (query) => track(queries.packages(query)),
    queryKconfig: (query) => track(queries.kconfig(query)),
    kernelConfig: (definition, lock) => track(queries.kernelConfig(definition, lock)),
    async kernelConfigOf(buildId) {
      const build = await store.getBuild(buildId);
      return build && track(queries.kernelConfigOf(build));
    },

    async create(distribution, options, idempotency) {
      const build = await createBuild(engine, distribution, options, idempotency);
      queue.wake();
      return build;
    },
    cancel: (buildId) => cancelBuild(engine, queue, buildId),
    async retry(buildId, stage, moreTime) {
      await retryBuild(engine, buildId, stage, moreTime);
      queue.wake();
    },
    async fix(buildId, fix) {
      const build = await fixBuild(engine, buildId, fix);
      queue.wake();
      return build;
    },
    async verify(buildId) {
      const verification = await verifyBuild(engine, buildId);
      queue.wake();
      return verification;
    },
    console: (artifactId, wish) => consoles.open(artifactId, wish),
    remove: (buildId) => removeBuild(engine, buildId),
    distributionRemoved: () => engine.cleanUp(),

    addSource: (sent) => track(addSource(engine, sent, stopping.signal)),

    disk: async () => describeDisk(await meter.read()),
    collect: (request) => track(collector.collect(request)),

    async get(buildId) {
      const build = await store.getBuild(buildId);
      return build && (await describeBuilds(store, estimates, [build]))[0];
    },
    async attempts(buildId) {
      const build = await store.getBuild(buildId);
      return build ? describeAttempts(build, await store.wholeStageRuns(buildId), await estimates.read()) : [];
    },
    async inputs(buildId) {
      const build = await store.getBuild(buildId);
      return build && describeInputs(build, await store.wholeStageRuns(buildId));
    },
    async list(query) {
      const { items, ...rest } = await store.listBuilds(query);
      return { items: (await describeBuilds(store, estimates, items)).map(summaryOf), ...rest };
    },
    async waiting() {
      const open = await store.openBuilds();
      return {
        running: open.filter(({ state }) => state === 'running').length,
        queued: fairOrder(open).map(({ id }) => id),
      };
    },

    read: (buildId, query) => journals.read(buildId, query),
    end: (buildId) => journals.end(buildId),
    follow: (buildId, after, signal) => journals.follow(buildId, after, () => isOver(engine, buildId), signal),
  };
}

/** A build that was removed is over, too. */
async function isOver({ store }: Engine, buildId: string): Promise<boolean> {
  const build = await store.getBuild(buildId);
  return !build || buildHasEnded(build.state);
}
