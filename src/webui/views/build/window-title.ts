/** What a tab of the browser says of a build while another one is looked at. Pure. */
import { formatPercent } from '../../../amounts.ts';
import type { Build } from '../../../model/build.ts';

type Told = Pick<Build, 'name' | 'number' | 'state' | 'stages'>;

/** `▶ 62 % edge-gateway #12`, `✓ edge-gateway #12`. */
export function windowTitle(build: Told): string {
  const { name, number, state } = build;
  return `${signOf(build, state)} ${name} #${number}`;
}

function signOf(build: Told, state: Build['state']): string {
  switch (state) {
    case 'queued':
      return '…';
    case 'running':
      return `▶ ${formatPercent(shareDone(build))}`;
    case 'succeeded':
      return '✓';
    case 'failed':
      return '✗';
    case 'cancelled':
      return '■';
  }
}

/** Of the time that all stages take, as far as history knows it; else of the stages. */
export function shareDone({ stages }: Pick<Told, 'stages'>): number {
  const known = stages.every(({ estimateSeconds }) => estimateSeconds !== null);
  const weight = (stage: (typeof stages)[number]) => (known ? (stage.estimateSeconds ?? 0) : 1);
  const whole = stages.reduce((sum, stage) => sum + weight(stage), 0);
  if (whole === 0) return 0;
  const done = stages.reduce((sum, stage) => sum + weight(stage) * partOf(stage), 0);
  return done / whole;
}

function partOf({ state, progress }: Told['stages'][number]): number {
  if (state === 'running') return progress;
  return state === 'succeeded' || state === 'cached' ? 1 : 0;
}
