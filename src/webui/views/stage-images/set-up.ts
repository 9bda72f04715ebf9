/** What is left to do before anything can be built: the build containers, each ready, at work or waiting. Pure. */
import type { ImageWorkStatus, StageImageStatus } from '../../../model/stage-image.ts';

export interface SetUpRow {
  name: string;
  state: 'ready' | 'working' | 'waiting';
  /** What it is at: `step 3 of 9: apt-get install`. */
  note: string;
  startedAt: string | null;
  endedAt: string | null;
}

export interface SetUp {
  rows: SetUpRow[];
  /** When the work began that goes on; null while nobody works on it. */
  startedAt: string | null;
  /** How much of the rows is done, from 0 to 1. */
  share: number;
}

type Image = Pick<StageImageStatus, 'name' | 'state'>;

/** Undefined when nothing is missing: what is only outdated has been set up before. */
export function setUp(all: readonly Image[], works: readonly ImageWorkStatus[]): SetUp | undefined {
  const [work] = works;
  const images = all.filter(
    ({ name, state }) => state !== 'unused' || work?.images.some(({ image }) => image === name),
  );
  const unfinished = images.some(({ state }) => state === 'missing' || (work && state !== 'ok'));
  if (!unfinished) return undefined;
  const told = new Map(work?.images.map((image) => [image.image, image]) ?? []);
  const names = [...(told.has('base') ? (['base'] as const) : []), ...images.map(({ name }) => name)];
  const ready = new Set<string>(images.filter(({ state }) => state === 'ok').map(({ name }) => name));
  const rows = names.map((name) => rowOf(name, told.get(name), ready.has(name)));
  const shares = names.map((name, index) => shareOf(rows[index]?.state, told.get(name)));
  const share = shares.reduce((sum, one) => sum + one, 0) / Math.max(1, shares.length);
  return { rows, startedAt: work?.startedAt ?? null, share };
}

type Told = ImageWorkStatus['images'][number] | undefined;

function rowOf(name: string, told: Told, ready: boolean): SetUpRow {
  const times = { startedAt: told?.startedAt ?? null, endedAt: told?.endedAt ?? null };
  if (ready || times.endedAt !== null) return { name, state: 'ready', note: '', ...times };
  if (!told) return { name, state: 'waiting', note: '', ...times };
  const { step, steps, text } = told;
  return { name, state: 'working', note: steps > 0 ? `step ${step} of ${steps}: ${text}` : text, ...times };
}

function shareOf(state: SetUpRow['state'] | undefined, told: Told): number {
  if (state === 'ready') return 1;
  // The last step has only begun.
  return told && told.steps > 0 ? Math.max(0, told.step - 1) / told.steps : 0;
}
