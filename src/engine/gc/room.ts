/** Whether a build fits on the disk: what it is likely to need, what can be freed for it, and the refusal. */

import { formatBytes } from '../../amounts.ts';
import { LdfError } from '../../errors.ts';
import type { Plan } from '../../plan/types.ts';
import type { StageName } from '../../stages/names.ts';
import { stageNamed } from '../../stages/registry.ts';
import { leavesLayer } from '../../stages/stage.ts';
import { layerKeys } from '../core/attempt-names.ts';
import type { DiskUse, Engine } from '../core/dependencies.ts';
import { median } from '../core/estimates.ts';
import { free } from './collector.ts';
import { demandsOn, type Need } from './disk-use.ts';
import { takeInventory } from './inventory.ts';
import { type Demand, planCollection, totalBytes } from './plan-collection.ts';

export interface RoomNeeded extends Need {
  /** What each stage that has to run adds to it. */
  stages: { stage: StageName; bytes: number }[];
}

/** @param isForced whether a stage runs although its layer is there */
export async function roomNeeded(
  { store, config }: Engine,
  plan: Plan,
  distributionId: string | null,
  isForced: (stage: StageName) => boolean,
): Promise<RoomNeeded> {
  const keysOf = (key: string) => layerKeys({ id: '', verifies: null, distributionId }, key);
  const layers = await store.findLayers(plan.stages.flatMap(({ key }) => (key ? keysOf(key) : [])));
  const there = new Set(layers.map(({ key }) => key));
  const need: RoomNeeded = { keptBytes: 0, scratchBytes: 0, artifactBytes: 0, stages: [] };
  for (const { name, key } of plan.stages) {
    const isThere = key !== null && keysOf(key).some((kept) => there.has(kept));
    const { result, guess } = stageNamed(name);
    if (result === 'lock' || (isThere && !isForced(name))) continue;
    const kept = await outputOf(store, config.historyLength, name, plan);
    if (kept === 0) continue;
    const published = result === 'artifacts' ? kept : 0;
    need.keptBytes += kept;
    need.artifactBytes += published;
    need.scratchBytes += guess.scratchBytes;
    need.stages.push({ stage: name, bytes: kept + published + guess.scratchBytes });
  }
  return need;
}

/** What lies on the disk when a stage is done: by the lock, by the median of its layers, or by a guess. */
async function outputOf(store: Engine['store'], historyLength: number, stage: StageName, plan: Plan): Promise<number> {
  const listed = stageNamed(stage);
  const { guess } = listed;
  if (leavesLayer(listed)) return median(await store.layerSizes(stage, historyLength)) ?? guess.outputBytes;
  if (plan.sources.length === 0) return guess.outputBytes;
  const known = await store.useSources(plan.sources.map(({ sha256 }) => sha256));
  return totalBytes(plan.sources.filter(({ sha256 }) => !known.has(sha256)));
}

/**
 * Says whether a build that is asked for would fit, were everything removed that nobody needs.
 * @throws LdfError `storage.full` with the figures.
 */
export async function checkRoom(engine: Engine, plan: Plan, distributionId: string, noCache: boolean): Promise<void> {
  const need = await roomNeeded(engine, plan, distributionId, () => noCache);
  if (need.stages.length === 0) return;
  const use = await engine.disk();
  const demands = demandsOn(use, need);
  if (demands.every(({ bytes }) => bytes <= 0)) return;
  const { items } = await takeInventory(engine, plan);
  refuse(use, need, planCollection(items, demands, engine.clock.now()).unmet);
}

/**
 * Makes room for a build that begins, if there is too little.
 * @throws LdfError `storage.full` with the figures, when it would not fit even so.
 */
export async function makeRoom(
  engine: Engine,
  plan: Plan,
  distributionId: string | null,
  isForced: (stage: StageName) => boolean,
  stop: AbortSignal,
): Promise<void> {
  const need = await roomNeeded(engine, plan, distributionId, isForced);
  if (need.stages.length === 0) return;
  const use = await engine.disk();
  const demands = demandsOn(use, need);
  if (demands.every(({ bytes }) => bytes <= 0)) return;
  const { planned } = await free(engine, demands, stop, { ifAllMet: true });
  refuse(use, need, planned.unmet);
}

function refuse(use: DiskUse, need: RoomNeeded, unmet: readonly Demand[]): void {
  const [worst] = [...unmet].sort((a, b) => b.bytes - a.bytes);
  if (!worst) return;
  const stages = need.stages.map(({ stage, bytes }) => `${stage} ${formatBytes(bytes)}`).join(', ');
  const sum = formatBytes(need.keptBytes + need.scratchBytes + need.artifactBytes);
  const missing = `${formatBytes(worst.bytes)} are missing even when everything is removed that no build needs`;
  throw new LdfError(
    'storage.full',
    `The build needs about ${sum} (${stages}). ${boundWords(use, worst)}, so ${missing}.`,
    { hint: wayOut[worst.of] },
  );
}

function boundWords({ usedBytes, budgetBytes, reserveBytes, data, docker }: DiskUse, { of }: Demand): string {
  const reserve = `of which ${formatBytes(reserveBytes)} stay in reserve`;
  if (of === 'budget') return `The budget is ${formatBytes(budgetBytes ?? 0)}, and ${formatBytes(usedBytes)} are used`;
  const [where, disk] =
    of === 'volumes' ? (['Docker keeps its volumes', docker] as const) : (['the data folder is', data] as const);
  return `Where ${where}, ${formatBytes(disk?.freeBytes ?? 0)} are free, ${reserve}`;
}

const wayOut: Readonly<Record<Demand['of'], string>> = {
  budget: 'Raise LDF_DISK_BUDGET, or delete builds; `ldf gc --dry-run` shows what stays and why.',
  volumes: "Free space on Docker's disk (`docker system df`), or lower LDF_DISK_RESERVE.",
  data: 'Free space on that disk, delete builds, or lower LDF_DISK_RESERVE.',
  request: '`ldf gc --dry-run` shows what stays and why.',
};
