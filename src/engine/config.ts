/** What bounds the engine. Durations are in milliseconds, sizes in bytes. */
import type { Limits } from '../runtime/runtime.ts';
import type { StageName } from '../stages/names.ts';

/** What one run of a stage may use before it is ended. */
export interface StageRunLimits extends Limits {
  timeoutMs: number;
  /** Without a line in the log for so long, a stage is taken to hang. */
  silenceMs: number;
  logBytes: number;
}

export interface EngineConfig {
  /** Builds that may run at once in this process. */
  builds: number;
  /** Heavy stages, of all builds together, that may run at once in this process. */
  heavyStages: number;
  /** Builds that may wait. */
  queueLength: number;
  limits: Readonly<Record<StageName, StageRunLimits>>;
  /** From SIGTERM to SIGKILL. */
  graceMs: number;
  /** For so long a process that died keeps what it worked on. It is renewed three times as often. */
  leaseMs: number;
  /** How often the database is asked for what another process may have written: new builds, cancellations, layers. */
  pollMs: number;
  /** How long builds wait before they ask again for a container engine that did not answer. */
  engineRetryMs: number;
  /** New attempts at a stage whose container was lost while nobody watched it. */
  lostContainers: number;
  /** Least time between two progress entries of a stage in the journal, and between two records in the database. */
  progressEntryMs: number;
  progressRecordMs: number;
  /** A longer line is cut in the journal. */
  logLineBytes: number;
  resultBytes: number;
  consoleBytes: number;
  /** Runs of a stage that are looked through for like ones, and how many of those an estimate is made from. */
  historyLength: number;
  likeRuns: number;
}

const bounds = {
  graceMs: 8_000,
  leaseMs: 15_000,
  pollMs: 1_000,
  engineRetryMs: 5_000,
  lostContainers: 3,
  progressEntryMs: 200,
  progressRecordMs: 1_000,
  logLineBytes: 64 << 10,
  resultBytes: 16 << 20,
  consoleBytes: 8 << 20,
  historyLength: 200,
  likeRuns: 20,
} as const;

/** The part that is configured by the environment (src/config.ts), completed. */
export function engineConfig(configured: {
  buildConcurrency: number;
  stageConcurrency: number;
  queueLength: number;
  stageLimits: EngineConfig['limits'];
}): EngineConfig {
  const { buildConcurrency, stageConcurrency, queueLength, stageLimits } = configured;
  return { ...bounds, builds: buildConcurrency, heavyStages: stageConcurrency, queueLength, limits: stageLimits };
}
