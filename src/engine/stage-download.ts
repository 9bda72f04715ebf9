/** The stage `download`: its result is the source store, a volume that all builds share. */
import type { Plan } from '../plan/types.ts';
import type { BuildWork } from './build-work.ts';
import { missingSources } from './missing-sources.ts';
import { plannedStage } from './plan-build.ts';
import { because } from './reasons.ts';
import { recordRequest } from './recorded-request.ts';
import type { StageTask } from './run-stage.ts';

export function downloadTask({ engine, build, images }: BuildWork, plan: Plan): StageTask<null> {
  const missing = () => missingSources(engine, plan.sources);
  return {
    stage: 'download',
    layers: {},
    recorded: recordRequest(plannedStage(plan, 'download'), build.arch, images),
    async find() {
      if ((await missing()).length > 0) return undefined;
      return { outcome: null, reason: 'every source is in the store' };
    },
    async why() {
      const { length } = await missing();
      if (length === 0) return because('forced: every source is checked again');
      return because(`${length} of ${plan.sources.length} sources are not in the store`);
    },
    async commit() {
      await engine.store.addSources(plan.sources);
      return { outcome: null };
    },
  };
}
