import type { StageName } from '../../stages/names.ts';
import { stageNames } from '../../stages/registry.ts';
import type { BuildRecord } from '../../store/builds.ts';
import type { PastRun } from '../../store/stage-runs.ts';
import type { Store } from '../../store/store.ts';
import type { Clock } from './clock.ts';
import type { EngineConfig } from './config.ts';

/** For so long an estimate is not worked out anew: lists are asked for more often than stages end. */
const keepMs = 10_000;

/** Seconds that a stage of a build is likely to take; null when it never ran. */
export type Estimate = (stage: StageName, build: Like) => number | null;

/** What makes the runs of two builds alike: the same distribution first, then the same architecture. */
type Like = Pick<BuildRecord, 'name' | 'arch'>;

/** What stages are likely to take: the median of the newest runs that are most like them. */
export class Estimates {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #config: EngineConfig;
  #known: Promise<Estimate> | undefined;
  #readAtMs = 0;

  constructor({ store, clock, config }: { store: Store; clock: Clock; config: EngineConfig }) {
    this.#store = store;
    this.#clock = clock;
    this.#config = config;
  }

  async read(): Promise<Estimate> {
    const nowMs = this.#clock.uptimeMs();
    if (!this.#known || nowMs - this.#readAtMs > keepMs) {
      this.#readAtMs = nowMs;
      this.#known = this.#work();
      // A failure is not kept.
      this.#known.catch(() => {
        this.#known = undefined;
      });
    }
    return this.#known;
  }

  async #work(): Promise<Estimate> {
    const { historyLength, likeRuns } = this.#config;
    const stages = new Map<StageName, (build: Like) => number | null>();
    for (const stage of stageNames)
      stages.set(stage, estimateFrom(await this.#store.stageHistory(stage, historyLength), likeRuns));
    return (stage, build) => stages.get(stage)?.(build) ?? null;
  }
}

/**
 * Seconds of a build's stage: the median of at most `likeRuns` runs of the same distribution, else of the same
 * architecture, else of any; null without one.
 * @param history runs of one stage, newest first
 */
export function estimateFrom(history: readonly PastRun[], likeRuns: number): (build: Like) => number | null {
  const groups = new Map<string, number[]>();
  for (const { seconds, ...run } of history)
    for (const kind of kindsOf(run)) {
      const group = groups.get(kind) ?? [];
      if (group.length < likeRuns) groups.set(kind, [...group, seconds]);
    }
  return (build) => {
    const kind = kindsOf(build).find((candidate) => groups.has(candidate));
    return kind === undefined ? null : (median(groups.get(kind) ?? []) ?? null);
  };
}

/** What a run is one of, the most alike first. */
function kindsOf({ name, arch }: Like): string[] {
  return [`${arch} ${name}`, arch, ''];
}

/** undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}
