/** From records to the shapes that everybody sees. */

import { z } from 'zod';
import type { Plan } from '../plan/types.ts';
import {
  type ArtifactShape,
  type AttemptShape,
  artifactFormats,
  type BuildShape,
  type PlanShape,
  type StageRunShape,
} from '../shapes/shapes.ts';
import { type StageName, stageNames } from '../stages/names.ts';
import type { ArtifactRecord, BuildRecord, StageRunRecord, Store } from '../store/store.ts';
import { newestAttempts } from './attempts.ts';
import type { Estimates } from './estimates.ts';

/** The shapes of builds, in the order given. */
export async function describeBuilds(
  store: Store,
  estimates: Estimates,
  builds: readonly BuildRecord[],
): Promise<BuildShape[]> {
  const ids = builds.map(({ id }) => id);
  const [runs, artifacts, open] = await Promise.all([
    store.listStageRuns(ids),
    store.listArtifacts(ids),
    builds.some(({ state }) => state === 'queued') ? store.openBuilds() : [],
  ]);
  const estimateOf = await estimates.read();
  const queue = open.filter(({ state }) => state === 'queued').map(({ id }) => id);
  return builds.map((build) => ({
    id: build.id,
    distributionId: build.distributionId,
    name: build.name,
    version: build.version,
    state: build.state,
    arch: build.arch,
    formats: build.formats,
    createdAt: build.createdAt.toISOString(),
    startedAt: time(build.startedAt),
    endedAt: time(build.endedAt),
    queuePosition: queue.includes(build.id) ? queue.indexOf(build.id) + 1 : null,
    error: build.error,
    verdict: build.verdict,
    verifies: build.verifies,
    reproducible: build.reproducible,
    stages: newestAttempts(runs.filter(({ buildId }) => buildId === build.id)).map((run) =>
      describeRun(run, estimateOf.get(run.stage) ?? null),
    ),
    artifacts: artifacts.filter(({ buildId }) => buildId === build.id).map(describeArtifact),
  }));
}

/** All attempts of a build, in the order of the stages. `runs` are whole. */
export function describeAttempts(
  runs: readonly StageRunRecord[],
  estimateOf: ReadonlyMap<StageName, number>,
): AttemptShape[] {
  const ordered = stageNames.flatMap((stage) =>
    runs.filter((run) => run.stage === stage).sort((a, b) => a.attempt - b.attempt),
  );
  return ordered.map((run) => {
    const { forced, exitCode, compared } = run;
    return { ...describeRun(run, estimateOf.get(run.stage) ?? null), forced, exitCode, compared };
  });
}

/** `cached`: the keys that have a layer. */
export function describePlan({ definition, composition, stages }: Plan, cached: ReadonlySet<string>): PlanShape {
  return {
    name: definition.name,
    version: definition.version,
    arch: definition.arch,
    formats: definition.image.formats,
    components: composition.components.map(({ component: { kind, name, title }, because }) => ({
      kind,
      name,
      title,
      because,
    })),
    packages: composition.packages,
    kernelOptions: composition.kernelOptions.map(({ symbol, value, from }) => ({ symbol, value, from })),
    stages: stages.map(({ name, image, after, key }) => ({
      name,
      image,
      after,
      key,
      cached: key === null ? null : cached.has(key),
    })),
  };
}

function describeRun(run: StageRunRecord, estimateSeconds: number | null): StageRunShape {
  return {
    name: run.stage satisfies StageName,
    state: run.state,
    attempt: run.attempt,
    progress: run.progress,
    note: run.note,
    key: run.key,
    reason: run.reason,
    startedAt: time(run.startedAt),
    endedAt: time(run.endedAt),
    estimateSeconds,
    error: run.error,
  };
}

function describeArtifact({ id, name, format, sizeBytes, sha256, verdict }: ArtifactRecord): ArtifactShape {
  return { id, name, format: z.enum(artifactFormats).parse(format), sizeBytes, sha256, verdict };
}

function time(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
