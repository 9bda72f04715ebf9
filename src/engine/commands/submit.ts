/** Queues builds: new ones, and ended ones again. */
import { type Catalog, componentId } from '../../catalog/catalog.ts';
import type { Component } from '../../catalog/component.ts';
import type { Definition } from '../../definition/definition.ts';
import { formatNames, formatsByName } from '../../definition/image-formats.ts';
import { LdfError } from '../../errors.ts';
import { FencedError } from '../../fenced.ts';
import type { BuildOptions } from '../../model/build.ts';
import type { Plan } from '../../plan/types.ts';
import type { StageName } from '../../stages/names.ts';
import type { BuildRecord } from '../../store/builds.ts';
import type { DistributionRecord } from '../../store/distributions.ts';
import { stageNamesOf } from '../builds/run-build.ts';
import { Attempts } from '../core/attempts.ts';
import { planChecked } from '../core/check-plan.ts';
import { sleep } from '../core/clock.ts';
import type { Engine } from '../core/dependencies.ts';
import { planWithKeys } from '../core/key-sets.ts';
import { buildLease, Lease, newOwner } from '../core/leases.ts';
import { identities, imagesOf, planStoredBuild } from '../core/plan-build.ts';
import { Recorder } from '../core/recorder.ts';
import { buildHasEnded, stageIsDone } from '../core/states.ts';
import { checkRoom } from '../gc/room.ts';

/** However often a build is retried with more time, its limits are no more than so many times the usual ones. */
const mostTimeFactor = 8;

/**
 * Queues a build of a distribution.
 * @throws LdfError `definition.impossible`, `images.missing`, `images.mismatch`, `storage.full` when it cannot fit,
 * `queue.full`, `idempotency.mismatch`.
 */
export async function createBuild(
  engine: Engine,
  distribution: DistributionRecord,
  options: BuildOptions,
  idempotency?: { key: string; requestHash: string },
): Promise<BuildRecord> {
  const { store, planner } = engine;
  // Whatever has become of images, disk and queue since: the answer to a request that was sent again is the same.
  const repeated = idempotency && (await store.findRepeated(idempotency.key, idempotency.requestHash));
  if (repeated) return repeated;
  const written = await planner.definition(distribution.definition);
  const definition = await planner.definition(withOptions(written, options));
  const catalog = await engine.catalog();
  const lock = (await store.getLocks(distribution.id))[definition.arch] ?? null;
  const input = { definition, catalog, boot: options.boot, lock: lock ?? undefined };
  const checked = await planChecked(engine, input, true);
  const images = identities(await engine.images.resolve(imagesOf(checked.plan)));
  const plan = await planWithKeys(engine, { ...input, images });
  await checkRoom(engine, plan, distribution.id, options.noCache);
  const build = await store.createBuild(
    {
      distributionId: distribution.id,
      name: definition.name,
      version: definition.version,
      arch: definition.arch,
      formats: formatNames(definition.image.formats),
      definition,
      components: usersOwn(plan, catalog),
      lock,
      boot: options.boot,
      noCache: options.noCache,
      verifies: null,
      priority: options.priority,
    },
    {
      idempotencyKey: idempotency?.key,
      requestHash: idempotency?.requestHash,
      maxQueued: engine.config.queueLength,
    },
  );
  await announce(engine, build, plan);
  return build;
}

/**
 * Queues an ended build again: what did not succeed gets a new attempt, and so do `from` and all that comes after it.
 * @param moreTime doubles its time limits, up to `mostTimeFactor` of the usual ones
 * @throws LdfError `not-found`, `state.conflict` while it has not ended, `queue.full`, and what planning throws.
 */
export async function retryBuild(engine: Engine, buildId: string, from?: StageName, moreTime = false): Promise<void> {
  const { store, config } = engine;
  await whileOurs(engine, buildId, async (found) => {
    const timeFactor = moreTime ? Math.min(mostTimeFactor, found.timeFactor * 2) : found.timeFactor;
    const build = { ...found, timeFactor };
    if (build.verifies !== null)
      throw new LdfError(
        'state.conflict',
        `Build ${buildId} is a verification, of which nothing is kept to continue from.`,
        {
          hint: `Verify build ${build.verifies} again.`,
        },
      );
    if (from && !stageNamesOf(build).includes(from))
      throw new LdfError('state.conflict', `Build ${buildId} has no stage ${from}.`, {
        hint: 'It was built without the boot test: start a new build with it.',
      });
    if (!from && build.state === 'succeeded')
      throw new LdfError('state.conflict', `Build ${buildId} has succeeded: there is nothing to retry.`, {
        hint: 'Name the stage to start from, or start a new build.',
      });
    const needed = imagesOf(await planStoredBuild(engine, build, build.lock ?? undefined, undefined));
    const images = await engine.images.resolve(needed);
    const plan = await planStoredBuild(engine, build, build.lock ?? undefined, images);
    if ((await store.countBuilds()).queued >= config.queueLength)
      throw new LdfError('queue.full', `${config.queueLength} builds are waiting already.`, {
        hint: 'Try again when some have been built, cancel some, or raise LDF_QUEUE_LENGTH.',
      });

    const forced = new Set<StageName>();
    for (const { name, after } of plan.stages)
      if (name === from || after.some((earlier) => forced.has(earlier))) forced.add(name);
    await engine.journals.with(buildId, async (journal) => {
      const recorder = new Recorder(journal, engine);
      const attempts = await Attempts.load(store, buildId, stageNamesOf(build));
      for (const run of attempts.newest)
        if (run.state !== 'pending' && (forced.has(run.stage) || !stageIsDone(run.state)))
          await attempts.add(run.stage, forced.has(run.stage));
      await forgetVerdicts(engine, buildId);
      const again = {
        error: null,
        verdict: null,
        reproducible: null,
        cancelRequestedAt: null,
        timeFactor,
        startedAt: null,
        endedAt: null,
      };
      const queued = await recorder.build(build, 'queued', again);
      await recorder.catchUp(queued, attempts.all);
    });
  });
}

/** @throws LdfError `not-found`, or `state.conflict` while the build has not ended. */
export async function endedBuild({ store }: Engine, buildId: string): Promise<BuildRecord> {
  const build = await store.getBuild(buildId);
  if (!build) throw new LdfError('not-found', `There is no build ${buildId}.`);
  if (buildHasEnded(build.state)) return build;
  throw new LdfError('state.conflict', `Build ${buildId} is ${build.state}.`, {
    hint: 'Wait for its end, or cancel it first.',
  });
}

/**
 * Runs `act` on an ended build while nobody else works on it: no other request, and no other process.
 * @throws LdfError `not-found`, or `state.conflict` when it has not ended or somebody works on it and continues.
 */
export async function whileOurs(
  engine: Engine,
  buildId: string,
  act: (build: BuildRecord) => Promise<void>,
): Promise<void> {
  const { clock, config } = engine;
  const owner = newOwner(engine);
  // A build that has just ended is still held for a moment, and so is one that another request is about.
  const patienceUntilMs = clock.uptimeMs() + config.commandPatienceMs;
  const askedAbout = await endedBuild(engine, buildId);
  const sameEnd = async (): Promise<BuildRecord> => {
    const build = await endedBuild(engine, buildId);
    if (build.endedAt?.getTime() === askedAbout.endedAt?.getTime()) return build;
    throw new LdfError('state.conflict', `Build ${buildId} was retried by another request, and has ended since.`, {
      hint: 'Look at how it ended before you send the request again.',
    });
  };
  for (;;) {
    const lease = await Lease.take(engine, buildLease(buildId), owner);
    if (lease) return await holding(lease, async () => act(await sameEnd()));
    if (clock.uptimeMs() >= patienceUntilMs)
      throw new LdfError('state.conflict', `Build ${buildId} is being worked on.`, { hint: 'Try again in a minute.' });
    await sleep(clock, config.commandPollMs, new AbortController().signal);
    // Whoever waits for a build that another request has retried or removed hears of it at once, even after it has ended again.
    await sameEnd();
  }
}

/** Whatever `act` comes to, the lease is released. Losing it shows in the states and the journal: see FencedError. */
async function holding<Result>(lease: Lease, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } finally {
    await lease.release();
  }
}

/**
 * Gives a new build its stages, with what its plan foresees of them, and the first entries of its journal, unless somebody
 * works on it already.
 */
export async function announce(engine: Engine, build: BuildRecord, plan?: Plan): Promise<void> {
  const lease = await Lease.take(engine, buildLease(build.id), newOwner(engine));
  if (!lease) return;
  try {
    await holding(lease, async () => {
      // It may have been built and ended since.
      if ((await engine.store.getBuild(build.id))?.state !== 'queued') return;
      await engine.journals.with(build.id, async (journal) => {
        const attempts = await Attempts.load(engine.store, build.id, stageNamesOf(build));
        await attempts.foresee(plan?.stages ?? []);
        await new Recorder(journal, engine).catchUp(build, attempts.all);
      });
    });
  } catch (error) {
    // Whoever has it by now, because this took too long, tells the same: the build is queued all the same.
    if (!(error instanceof FencedError)) throw error;
  }
}

async function forgetVerdicts({ store }: Engine, buildId: string): Promise<void> {
  for (const { name, verdict } of await store.listArtifacts([buildId]))
    if (verdict) await store.setVerdict(buildId, name, null);
}

function withOptions(definition: Definition, { arch, formats }: BuildOptions): Definition {
  const { image } = definition;
  return {
    ...definition,
    arch: arch ?? definition.arch,
    image: { ...image, formats: formats === undefined ? image.formats : formatsByName(image.formats, formats) },
  };
}

/** Of a user's components those that the plan is made of: with these alone, the same plan comes out again. */
function usersOwn({ composition }: Plan, catalog: Catalog): Component[] {
  const users = new Set(
    catalog.entries.flatMap(({ component, origin }) => (origin === 'user' ? componentId(component) : [])),
  );
  return composition.components
    .map(({ component }) => component)
    .filter((component) => users.has(componentId(component)));
}
