/** A stage whose result is the source store, a volume that all builds share. */
import type { Plan, PlannedStage } from '../../plan/types.ts';
import type { BuildWork } from '../core/build-work.ts';
import { decideSources } from '../core/decision.ts';
import { missingSources } from '../core/missing-sources.ts';
import { recordRequest } from '../core/recorded-request.ts';
import type { StageTask } from '../stage-runs/run-stage.ts';

export function sourcesTask({ engine, build, images }: BuildWork, plan: Plan, stage: PlannedStage): StageTask<null> {
  const decide = async (forced: boolean) =>
    decideSources((await missingSources(engine, plan.sources)).length, plan.sources.length, forced);
  return {
    stage,
    layers: {},
    recorded: recordRequest(stage, build.arch, images),
    find: () => decide(false),
    decide: (run) => decide(build.noCache || run.forced),
    async commit() {
      await engine.store.addSources(plan.sources);
      return { outcome: null };
    },
  };
}
