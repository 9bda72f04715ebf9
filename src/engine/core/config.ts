/** What bounds the engine. Durations are in milliseconds, sizes in bytes. */
import { consoleSeconds } from '../../model/console.ts';
import type { Limits } from '../../runtime/runtime.ts';
import type { StageName } from '../../stages/names.ts';
import type { StageNetwork } from '../../stages/network.ts';

/** What one run of a stage may use before it is stopped. */
export interface StageRunLimits extends Limits {
  /** Without a line in the log for so long, a stage is taken to hang. */
  silenceMs: number;
  /** The sum of its outputs, as result.json lists them (a sparse image counts whole), and what they take on disk. */
  outputBytes: number;
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
  /** How long a command on a build waits for whoever works on it, and how often it looks. */
  commandPatienceMs: number;
  commandPollMs: number;
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
  /** The verdicts that a failed boot stage leaves. */
  verdictBytes: number;
  /** Machines that people boot by hand, at once; how long one may run, and what it has. */
  consoles: number;
  consoleSeconds: number;
  consoleMachine: { memoryMiB: number; cpus: number };
  /** Runs of a stage that are looked through for like ones, and how many of those an estimate is made from. */
  historyLength: number;
  likeRuns: number;
  /** All of LDF's files together; undefined: what the disk has, less the reserve. */
  diskBudgetBytes: number | undefined;
  /** Free space that is left to others: garbage is collected and builds are refused before it is touched. */
  diskReserveBytes: number;
  /** What the spare file takes, which is given up when the disk of the data folder is full; 0: there is none. */
  spareFileBytes: number;
  /** With less free space than that, running stages are ended: they come first at what is left of the reserve. */
  diskMinimumBytes: number;
  /** How often free space is looked at while a stage runs. */
  diskPollMs: number;
  /** How stages with a network reach it. */
  network: StageNetwork;
  /** All kept caches together. */
  cacheLimitBytes: number;
  /** What was used so lately is not collected. */
  gcSpareMs: number;
  /** Queries that stage images may work on at once, and that may wait for it. */
  queryRuns: number;
  queriesWaiting: number;
  /** Locks outside builds that may be resolved at once, and that may wait for it. */
  lockRuns: number;
  locksWaiting: number;
  /** Requests for a garbage collection, dry runs included, that may wait: they are done one after the other. */
  collectionsWaiting: number;
  /** The list that a query gives. */
  answerBytes: number;
  /** How long an answer about something that changes is good for, and an old one when no newer can be had. */
  answerMaxAgeMs: number;
  answerRetryMs: number;
  /** How long stage images are taken to be what they were: to look at them takes longer than a search. */
  imagesSeenMs: number;
  /** Answers of one kind that are kept in files, and in memory. */
  answersKept: number;
  answersInMemory: number;
}

const bounds = {
  graceMs: 8_000,
  leaseMs: 15_000,
  pollMs: 1_000,
  commandPatienceMs: 2_000,
  commandPollMs: 50,
  engineRetryMs: 5_000,
  lostContainers: 3,
  progressEntryMs: 200,
  progressRecordMs: 1_000,
  logLineBytes: 64 << 10,
  resultBytes: 16 << 20,
  consoleBytes: 8 << 20,
  verdictBytes: 1 << 20,
  consoles: 2,
  consoleSeconds,
  consoleMachine: { memoryMiB: 1024, cpus: 1 },
  historyLength: 200,
  likeRuns: 20,
  spareFileBytes: 8 << 20,
  diskPollMs: 5_000,
  gcSpareMs: 60_000,
  queryRuns: 2,
  queriesWaiting: 16,
  lockRuns: 2,
  locksWaiting: 16,
  collectionsWaiting: 16,
  answerBytes: 64 << 20,
  answerMaxAgeMs: 24 * 3_600_000,
  answerRetryMs: 5 * 60_000,
  imagesSeenMs: 10_000,
  answersKept: 16,
  answersInMemory: 3,
} as const;

/** The part that is configured by the environment (src/config.ts), completed. */
export function engineConfig(configured: {
  buildConcurrency: number;
  stageConcurrency: number;
  queueLength: number;
  stageLimits: EngineConfig['limits'];
  diskBudgetBytes: number | undefined;
  diskReserveBytes: number;
  cacheLimitBytes: number;
  network: StageNetwork;
}): EngineConfig {
  const { queueLength, diskBudgetBytes, diskReserveBytes, cacheLimitBytes, network } = configured;
  return {
    ...bounds,
    builds: configured.buildConcurrency,
    heavyStages: configured.stageConcurrency,
    queueLength,
    limits: configured.stageLimits,
    diskBudgetBytes,
    diskReserveBytes,
    cacheLimitBytes,
    network,
    diskMinimumBytes: Math.floor(diskReserveBytes / 4),
  };
}

/** @param timeFactor how many times the usual time it may take, and be silent. @throws Error for a stage that has none */
export function limitsOf({ limits }: Pick<EngineConfig, 'limits'>, stage: StageName, timeFactor = 1): StageRunLimits {
  const own = limits[stage];
  if (!own) throw new Error(`nothing bounds the stage ${stage}`);
  return { ...own, timeoutMs: own.timeoutMs * timeFactor, silenceMs: own.silenceMs * timeFactor };
}
