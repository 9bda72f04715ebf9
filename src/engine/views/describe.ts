/** From records to what the API says of them. */

import { formatNames } from '../../definition/image-formats.ts';
import { loginsOf, nobodyCanLogIn } from '../../definition/logins.ts';
import type { ErrorDetail } from '../../errors.ts';
import { type Artifact, keptFacts } from '../../model/artifact.ts';
import type { Build } from '../../model/build.ts';
import type { StageEstimate } from '../../model/estimate.ts';
import type { PlanSummary } from '../../model/plan.ts';
import type { Attempt, Comparison, StageRun } from '../../model/stage-run.ts';
import { chosenHow } from '../../plan/components.ts';
import type { Plan } from '../../plan/types.ts';
import { concealedText, isSecretKey } from '../../secrets.ts';
import { isDefinition, originText } from '../../stages/origin.ts';
import { findStage, stageNames } from '../../stages/registry.ts';
import type { ArtifactRecord } from '../../store/artifacts.ts';
import type { BuildRecord } from '../../store/builds.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import type { Store } from '../../store/store.ts';
import { newestAttempts } from '../core/attempts.ts';
import type { Estimate, Estimates } from '../core/estimates.ts';
import { fairOrder } from '../core/fair-order.ts';

/** Builds as the API tells them, in the order given. */
export async function describeBuilds(
  store: Store,
  estimates: Estimates,
  builds: readonly BuildRecord[],
): Promise<Build[]> {
  const ids = builds.map(({ id }) => id);
  const [runs, artifacts, open] = await Promise.all([
    store.listStageRuns(ids),
    store.listArtifacts(ids),
    builds.some(({ state }) => state === 'queued') ? store.openBuilds() : [],
  ]);
  const estimate = await estimates.read();
  const positions = new Map(fairOrder(open).map(({ id }, index) => [id, index + 1]));
  const runsOf = byBuild(runs);
  const artifactsOf = byBuild(artifacts);
  return builds.map((build) => ({
    id: build.id,
    distributionId: build.distributionId,
    number: build.number,
    name: build.name,
    version: build.version,
    state: build.state,
    arch: build.arch,
    formats: build.formats,
    createdAt: build.createdAt.toISOString(),
    startedAt: time(build.startedAt),
    endedAt: time(build.endedAt),
    queuePosition: positions.get(build.id) ?? null,
    error: build.error,
    verdict: build.verdict,
    verifies: build.verifies,
    reproducible: build.reproducible,
    stages: newestAttempts(runsOf.get(build.id) ?? []).map((run, _, runs) =>
      describeRun(run, runs, estimateOf(run, build, estimate)),
    ),
    artifacts: (artifactsOf.get(build.id) ?? []).map(describeArtifact),
  }));
}

/** All attempts of a build, in the order of the stages. `runs` are whole. */
export function describeAttempts(build: BuildRecord, runs: readonly StageRunRecord[], estimate: Estimate): Attempt[] {
  const ordered = stageNames.flatMap((stage) =>
    runs.filter((run) => run.stage === stage).sort((a, b) => a.attempt - b.attempt),
  );
  return ordered.map((run, _, all) => {
    const { forced, exitCode } = run;
    const compared = run.compared && concealed(run.compared);
    return { ...describeRun(run, all, estimateOf(run, build, estimate)), forced, exitCode, compared };
  });
}

/** What an older LDF recorded may hold what this one does not show. */
function concealed({ differences, ...rest }: Comparison): Comparison {
  const hide = (value: string | null) => (value === null ? null : concealedText);
  return {
    ...rest,
    differences: differences.map((difference) =>
      difference.what.split('.').some(isSecretKey)
        ? { ...difference, before: hide(difference.before), after: hide(difference.after) }
        : difference,
    ),
  };
}

function byBuild<Row extends { buildId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.buildId);
    if (group) group.push(row);
    else groups.set(row.buildId, [row]);
  }
  return groups;
}

/** What is foreseen of a stage. */
export type Foreseen = Pick<PlanSummary['stages'][number], 'cached' | 'reason' | keyof StageEstimate>;

/** `foreseen`: what is known of each stage, in the order of the plan. */
export function describePlan(
  { definition, composition, stages, notes }: Plan,
  foreseen: readonly Foreseen[],
  unchecked: readonly ErrorDetail[],
): PlanSummary {
  return {
    name: definition.name,
    version: definition.version,
    arch: definition.arch,
    formats: formatNames(definition.image.formats),
    components: composition.components.map(({ component: { kind, name, title }, origin }) => ({
      kind,
      name,
      title,
      because: chosenHow(origin),
      chosen: isDefinition(origin),
    })),
    packages: [...composition.packages, ...composition.recommended]
      .map(({ name, from }) => ({ name, from: originText(from) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    notes: [...notes, ...(loginsOf(definition.system.users).length === 0 ? [nobodyCanLogIn] : [])],
    unchecked: [...unchecked],
    cmdline: composition.cmdline.map(({ word, from }) => ({ word, from: originText(from) })),
    kernelOptions: composition.kernelOptions.map(({ symbol, value, from }) => ({
      symbol,
      value,
      from: isDefinition(from) ? 'definition' : originText(from),
    })),
    stages: stages.map(({ name, image, after, key }, index) => ({
      ...{ name, image, after: [...after], key },
      ...(foreseen[index] ?? { cached: null, reason: null, estimateSeconds: null }),
    })),
  };
}

function estimateOf(
  { stage, workload }: StageRunRecord,
  { name, arch }: BuildRecord,
  estimate: Estimate,
): StageEstimate {
  return estimate(stage, { name, arch, workload });
}

/** @param runs those of the same build: not every build has every stage */
function describeRun(run: StageRunRecord, runs: readonly StageRunRecord[], estimate: StageEstimate): StageRun {
  const after = findStage(run.stage)?.after ?? [];
  return {
    name: run.stage,
    after: after.filter((name) => runs.some(({ stage }) => stage === name)),
    state: run.state,
    attempt: run.attempt,
    progress: run.progress,
    note: run.note,
    key: run.key,
    reason: run.reason,
    startedAt: time(run.startedAt),
    endedAt: time(run.endedAt),
    ...estimate,
    usage: run.usage,
    error: run.error,
  };
}

/** An artifact as everybody sees it. */
export function describeArtifact(artifact: ArtifactRecord): Artifact {
  const { id, name, sizeBytes, sha256, verdict, removedAt } = artifact;
  const removed = removedAt && { removedAt: removedAt.toISOString() };
  return { id, name, ...keptFacts(artifact), sizeBytes, sha256, verdict, ...removed };
}

function time(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
