/** Watches one container to its end: follows its log and holds it to its limits. The first cause of an end wins. */
import { durationInWords } from '../../amounts.ts';
import { LdfError } from '../../errors.ts';
import { logCost } from '../../events/journal-history.ts';
import type { ContainerState, LogLine, LogPosition, StageRuntime } from '../../runtime/runtime.ts';
import { stageSettings } from '../../settings.ts';
import { isUsageLine } from '../../stages/contract.ts';
import type { StageName } from '../../stages/names.ts';
import type { Clock } from '../core/clock.ts';
import type { StageRunLimits } from '../core/config.ts';
import { Stopped, Suspended } from '../core/failure.ts';

export type Exited = Extract<ContainerState, { state: 'exited' }>;

export interface Supervision {
  container: string;
  stage: StageName;
  limits: StageRunLimits;
  graceMs: number;
  /** The machine's uptime that the time limit counts from. */
  startedUptimeMs: number;
  /** What was read of the log before. */
  position: LogPosition | undefined;
  logBytes: number;
  /** Takes lines in; the log is read no faster than this resolves. */
  onLines(lines: readonly LogLine[]): Promise<void>;
  /** Watches what else may end the container, and calls `end` with why; gives how to call it off. */
  guard(end: (cause: LdfError) => void): () => void;
  /** Ends the container. */
  stop: AbortSignal;
  /** Ends the watching alone. */
  leaseLost: AbortSignal;
}

/**
 * Resolves when the container has ended by itself.
 * @throws LdfError `stage.timeout`, `stage.silent` or `stage.log-limit` for the limit that it passed; what `guard` ended it
 * with; Stopped when `stop` fired first; Suspended when `leaseLost` fired; what the runtime throws, such as `stage.vanished`.
 */
export async function supervise(runtime: StageRuntime, clock: Clock, supervision: Supervision): Promise<Exited> {
  const { container, stop, leaseLost } = supervision;
  const ending = new Ending(runtime, supervision);
  const cancel = await limitTime(runtime, clock, supervision, ending);
  const callOffGuard = supervision.guard((cause) => ending.end(cause));
  const onStop = () => ending.end(new Stopped());
  stop.addEventListener('abort', onStop);
  if (stop.aborted) onStop();
  try {
    const until = AbortSignal.any([leaseLost, ending.failed]);
    await followLog(runtime, clock, supervision, ending, until);
    const exited = await runtime.wait(container, until);
    await ending.settled();
    return exited;
  } catch (error) {
    if (leaseLost.aborted) throw new Suspended();
    if (ending.cause) throw ending.cause;
    throw error;
  } finally {
    cancel();
    callOffGuard();
    stop.removeEventListener('abort', onStop);
  }
}

/** Ends the container when its time is up; one that ended in time while nobody watched is not too late. */
async function limitTime(
  runtime: StageRuntime,
  clock: Clock,
  supervision: Supervision,
  ending: Ending,
): Promise<() => void> {
  const { container, startedUptimeMs, limits } = supervision;
  // Less than nothing when the machine was started again since.
  const usedMs = Math.max(0, clock.uptimeMs() - startedUptimeMs);
  const leftMs = limits.timeoutMs - usedMs;
  if (leftMs <= 0 && (await runtime.inspect(container))?.state === 'exited') return () => undefined;
  return clock.timer(leftMs, () => ending.end(tooLong(supervision)));
}

/** How a container is brought to its end, once. */
class Ending {
  cause: Error | undefined;
  /** Fires when the container could not be stopped: there is no use in waiting for its end. */
  readonly failed: AbortSignal;
  readonly #failing = new AbortController();
  readonly #stop: () => Promise<void>;
  #stopping: Promise<void> | undefined;

  constructor(runtime: StageRuntime, { container, graceMs }: Supervision) {
    this.failed = this.#failing.signal;
    this.#stop = () => runtime.stop(container, graceMs);
  }

  end(cause: Error): void {
    if (this.cause) return;
    this.cause = cause;
    this.#stopping = this.#stop().catch((error: unknown) => {
      cause.cause ??= error;
      this.#failing.abort();
    });
  }

  /** @throws the cause, when the container did not end by itself. */
  async settled(): Promise<void> {
    await this.#stopping;
    if (this.cause) throw this.cause;
  }
}

async function followLog(
  runtime: StageRuntime,
  clock: Clock,
  supervision: Supervision,
  ending: Ending,
  until: AbortSignal,
): Promise<void> {
  const { container, position, limits, onLines } = supervision;
  const silent = () => ending.end(tooSilent(supervision));
  let cancel = clock.timer(limits.silenceMs, silent);
  let { logBytes } = supervision;
  try {
    for await (const lines of runtime.logs(container, position, until)) {
      if (!lines.every(({ text }) => isUsageLine(text))) {
        cancel();
        cancel = clock.timer(limits.silenceMs, silent);
      }
      const kept = lines.filter((line) => {
        logBytes += logCost(line.text);
        return logBytes <= limits.logBytes;
      });
      await onLines(kept);
      if (kept.length < lines.length) {
        ending.end(tooMuchLog(supervision));
        return;
      }
    }
    until.throwIfAborted();
  } finally {
    cancel();
  }
}

function tooLong({ stage, limits }: Supervision): LdfError {
  return new LdfError(
    'stage.timeout',
    `Stage ${stage} ran for more than ${durationInWords(limits.timeoutMs / 1000)}.`,
    {
      hint: `See in its log what it was busy with, or raise ${stageSettings(stage).timeout.name}; then retry the build.`,
    },
  );
}

function tooSilent({ stage, limits }: Supervision): LdfError {
  return new LdfError('stage.silent', `Stage ${stage} said nothing for ${durationInWords(limits.silenceMs / 1000)}.`, {
    hint: `It seems to hang: see the last lines of its log, or raise ${stageSettings(stage).silence.name}; then retry the build.`,
  });
}

function tooMuchLog({ stage, limits }: Supervision): LdfError {
  return new LdfError(
    'stage.log-limit',
    `Stage ${stage} wrote more than ${Math.floor(limits.logBytes / 2 ** 20)} MiB of log.`,
    {
      hint: `See in its log what repeats, or raise ${stageSettings(stage).log.name}; then retry the build.`,
    },
  );
}
