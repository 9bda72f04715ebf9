import type { StageEstimate } from '../../model/estimate.ts';
import type { StageName } from '../../stages/names.ts';
import { stageNames } from '../../stages/registry.ts';
import type { PastRun } from '../../store/stage-runs.ts';
import type { Store } from '../../store/store.ts';
import type { Clock } from './clock.ts';
import type { EngineConfig } from './config.ts';

/** For so long an estimate is not worked out anew: lists are asked for more often than stages end. */
const keepMs = 10_000;

/** How long a stage of a build is likely to take; null when nothing like it ever ran. */
export type Estimate = (stage: StageName, run: Like) => StageEstimate;

/** What makes two runs alike. */
type Like = Pick<PastRun, 'name' | 'arch' | 'workload'>;

/** What stages are likely to take: worked out from the newest runs that are most like them. */
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
    const stages = new Map<StageName, (run: Like) => StageEstimate>();
    for (const stage of stageNames)
      stages.set(stage, estimateFrom(await this.#store.stageHistory(stage, historyLength), likeRuns));
    return (stage, run) => stages.get(stage)?.(run) ?? { estimateSeconds: null };
  }
}

/** Amounts that differ by no more than this factor are taken for the same. */
const sameAmount = 1.25;

/** Of fewer runs, one that was unlike the others would pass for the rule. */
const fewestForRange = 3;

/**
 * The median of at most `likeRuns` runs of the same kind of work, and between what most of them took. They are the first there
 * are of: the same distribution with about the same amount of work, the same architecture with about the same amount, the
 * same architecture with any amount, any of that kind; where the amount is another, time is taken to grow with it.
 * @param history runs of one stage, newest first
 */
export function estimateFrom(history: readonly PastRun[], likeRuns: number): (run: Like) => StageEstimate {
  return (run) => {
    const kind = history.filter(({ workload }) => isSameKind(run.workload, workload));
    const arch = kind.filter((past) => past.arch === run.arch);
    const near = arch.filter(({ workload }) => isNear(ratio(run.workload, workload)));
    const own = near.filter(({ name }) => name === run.name);
    const alike = [own, near, arch, kind].find(({ length }) => length > 0) ?? [];
    return described(alike.slice(0, likeRuns).map((past) => past.seconds * scale(ratio(run.workload, past.workload))));
  };
}

/** What was not recorded is like anything that is not known either; of a plan it is always known. */
function isSameKind(now: PastRun['workload'], before: PastRun['workload']): boolean {
  return now === null || now.kind === before?.kind;
}

/** How many times the work of before; 1 while either is not known. */
function ratio(now: PastRun['workload'], before: PastRun['workload']): number {
  return now?.amount && before?.amount ? now.amount / before.amount : 1;
}

function isNear(times: number): boolean {
  return times <= sameAmount && times >= 1 / sameAmount;
}

function scale(times: number): number {
  return isNear(times) ? 1 : times;
}

/** The tenths at both ends are left out of the range. */
function described(seconds: readonly number[]): StageEstimate {
  const estimateSeconds = median(seconds) ?? null;
  if (seconds.length < fewestForRange) return { estimateSeconds };
  const sorted = [...seconds].sort((a, b) => a - b);
  const middle = sorted.slice(Math.floor(sorted.length / 10), sorted.length - Math.floor(sorted.length / 10));
  const [fromSeconds = 0, toSeconds = fromSeconds] = [middle[0], middle.at(-1)];
  return { estimateSeconds, estimateRange: { fromSeconds, toSeconds } };
}

/** undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}
