/** What queued and running builds need: garbage collection leaves it alone. */
import { LdfError } from '../../errors.ts';
import type { Plan } from '../../plan/types.ts';
import { findStage } from '../../stages/registry.ts';
import type { Store } from '../../store/store.ts';
import { distributionLayerKey, ownLayerKey } from '../core/attempt-names.ts';
import type { Engine } from '../core/dependencies.ts';
import { imagesIfThere, imagesOf, planStoredBuild } from '../core/plan-build.ts';

export interface Needs {
  /** Layers by key and sources by sha256, each with words on who needs it. */
  because: ReadonlyMap<string, string>;
  /** Why any layer may be needed, when that cannot be told of each. */
  unknown: string | undefined;
  /** Whether a container is writing into the source store. */
  downloading: boolean;
}

type OpenBuild = Awaited<ReturnType<Store['openBuilds']>>[number];

/**
 * Asks the database after what could go was read from it: a build that begins to use something later has marked it as
 * used since, and one that did so before has a lock in the database, from which its keys follow.
 * @param coming the plan of a build that is not queued yet
 */
export async function openNeeds(engine: Engine, coming?: Plan): Promise<Needs> {
  const { store } = engine;
  const open = await store.openBuilds();
  const images = await imagesIfThere(engine);
  const because = new Map<string, string>();
  let complete = images !== undefined;
  const note = (things: readonly string[], words: string) => {
    for (const thing of things) if (!because.has(thing)) because.set(thing, words);
  };
  const runs = await store.listStageRuns(open.map(({ id }) => id));
  for (const build of open) {
    const words = `build ${build.id}, which is ${build.state}, needs it`;
    // Planned for the stage images of another day, perhaps.
    const layers = (key: string) => [
      ...[key, ownLayerKey(build.id, key)],
      ...(build.distributionId ? [distributionLayerKey(build.distributionId, key)] : []),
    ];
    note(
      runs.flatMap(({ buildId, key }) => (buildId === build.id && key ? layers(key) : [])),
      words,
    );
    const plan = await planOf(engine, build, images);
    if (!plan) continue;
    complete &&= imagesOf(plan).every((name) => images?.[name]);
    note(neededBy(plan).flatMap(layers), words);
  }
  if (coming) note(neededBy(coming), 'the build that is asked for needs it');
  const downloading = runs.some(
    ({ stage, state }) => state === 'running' && findStage(stage)?.traits.sources === 'write',
  );
  const unknown = !complete && open.length > 0 ? 'without stage images it is not known what builds need' : undefined;
  return { because, unknown, downloading };
}

function neededBy({ stages, sources }: Plan): string[] {
  return [...stages.flatMap(({ key }) => key ?? []), ...sources.map(({ sha256 }) => sha256)];
}

/** undefined for a build that has ended meanwhile, or that will fail when its turn comes. */
async function planOf(
  engine: Engine,
  { id, distributionId }: OpenBuild,
  images: Awaited<ReturnType<typeof imagesIfThere>>,
) {
  const build = await engine.store.getBuild(id);
  if (!build) return undefined;
  // Without a lock of its own it will resolve one, most likely to what its distribution has got by now.
  const lock = build.lock ?? (distributionId && (await engine.store.getLocks(distributionId))[build.arch]);
  try {
    return await planStoredBuild(engine, build, lock || undefined, images);
  } catch (error) {
    if (error instanceof LdfError) return undefined;
    throw error;
  }
}
