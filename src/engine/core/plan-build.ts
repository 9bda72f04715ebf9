/** Plans a build out of what was stored with it. */
import { Catalog, parseComponent } from '../../catalog/catalog.ts';
import { LdfError } from '../../errors.ts';
import type { Plan, PlannedStage } from '../../plan/types.ts';
import type { Lock } from '../../stages/lock.ts';
import type { ImageName, StageName } from '../../stages/names.ts';
import type { BuildRecord } from '../../store/builds.ts';
import type { Engine, StageImages } from './dependencies.ts';
import { planWithKeys } from './key-sets.ts';

/** @throws LdfError `definition.impossible` when the shipped components no longer serve the definition. */
export async function planStoredBuild(
  engine: Engine,
  build: BuildRecord,
  lock: Lock | undefined,
  images: StageImages | undefined,
): Promise<Plan> {
  return planWithKeys(engine, {
    definition: await engine.planner.definition(build.definition),
    catalog: await catalogOf(engine, build),
    boot: build.boot,
    timeFactor: build.timeFactor,
    lock,
    images: images && identities(images),
  });
}

/** What a plan takes of the stage images. */
export function identities(images: StageImages): Partial<Record<ImageName, string>> {
  return Object.fromEntries(Object.values(images).map(({ name, identity }) => [name, identity]));
}

/** The images that the stages of a plan run in. */
export function imagesOf({ stages }: Plan): ImageName[] {
  return [...new Set(stages.map(({ image }) => image))];
}

/** Those that are there. A plan can be made without an image; stages that run in it then have no keys. */
export async function imagesIfThere({
  images,
}: {
  images: Pick<Engine['images'], 'resolve'>;
}): Promise<StageImages | undefined> {
  try {
    return await images.resolve([]);
  } catch (error) {
    const without = ['images.missing', 'images.mismatch', 'docker.unavailable'];
    if (error instanceof LdfError && without.includes(error.code)) return undefined;
    throw error;
  }
}

/** @throws Error for a stage that the plan does not have. */
export function plannedStage(plan: Plan, name: StageName): PlannedStage {
  const stage = plan.stages.find((planned) => planned.name === name);
  if (!stage) throw new Error(`the plan has no stage ${name}`);
  return stage;
}

/** The shipped components of today, with the user's own as they were when the build was queued. */
async function catalogOf(engine: Engine, build: BuildRecord): Promise<Catalog> {
  const { entries } = await engine.catalog();
  const shipped = new Catalog(entries.filter(({ origin }) => origin === 'shipped'));
  return shipped.with(build.components.map((component) => parseComponent(component)));
}
