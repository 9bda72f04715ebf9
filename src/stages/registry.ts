/** The stages by name, by result, and as a build has them. */
import { stages as listed } from './index.ts';
import type { StageName } from './names.ts';
import { type BuildTraits, checkedStages, type ResultKind, type Stage } from './stage.ts';

export const stages = checkedStages(listed);

export const stageNames: readonly StageName[] = stages.map(({ name }) => name);

const byName = new Map(stages.map((stage) => [stage.name, stage]));

/** undefined for a stage of another version of LDF, which records may name. */
export function findStage(name: StageName): Stage | undefined {
  return byName.get(name);
}

/** @throws Error for a stage that is not listed. */
export function stageNamed(name: StageName): Stage {
  const stage = byName.get(name);
  if (!stage) throw new Error(`there is no stage ${name}`);
  return stage;
}

/** The stage with a result that one stage alone has. @throws Error when none has it. */
export function stageWithResult(kind: ResultKind): Stage {
  const stage = stages.find(({ result }) => result === kind);
  if (!stage) throw new Error(`there is no stage with the result ${kind}`);
  return stage;
}

/** The stage that makes a kernel's configuration, and where it leaves it. @throws Error when none does. */
export function stageThatConfigures(): Stage & { configuration: string } {
  for (const stage of stages) {
    const { configuration } = stage;
    if (configuration !== null) return { ...stage, configuration };
  }
  throw new Error('there is no stage that makes the configuration of a kernel');
}

/** The stages that a build has, in their order. */
export function stagesOf(build: BuildTraits): Stage[] {
  return stages.filter((stage) => stage.isIn(build));
}

/** A value for each stage, by its name. */
export function forEachStage<Value>(make: (stage: Stage) => Value): Record<StageName, Value> {
  return Object.fromEntries(stages.map((stage) => [stage.name, make(stage)]));
}
