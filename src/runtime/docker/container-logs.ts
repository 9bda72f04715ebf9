/** Following a container's log to its end, from any position, with nothing lost and nothing twice. */
import type { Container } from 'dockerode';
import type { LogLine, LogPosition } from '../runtime.ts';
import { answerOf } from './docker-error.ts';
import { FrameDecoder } from './frames.ts';
import { LogAssembler, resumeMarginMs } from './log-lines.ts';
import { asReadable } from './streams.ts';

export interface LogSource {
  container: Container;
  /** Whether the container has ended. */
  ended(): Promise<boolean>;
  /** Resolves when it has ended. */
  wait(signal: AbortSignal): Promise<unknown>;
}

/**
 * The lines after `after` in batches, one for each piece of the engine's answer: who takes them slowly slows the reading
 * down. Ends with the container, or early when `signal` fires.
 * @throws LdfError `stage.vanished` when the container is gone.
 */
export async function* followLog(
  source: LogSource,
  after: LogPosition | undefined,
  signal: AbortSignal,
): AsyncGenerator<LogLine[]> {
  let position = after;
  try {
    // Only a pass that began after the container's end is sure to have seen its last line: an engine may end its
    // stream early, when it is restarted for one.
    for (let complete = false; !complete; ) {
      complete = await source.ended();
      const assembler = new LogAssembler(position);
      yield* readLog(source.container, assembler, position, signal);
      if (complete) yield* nonEmpty(assembler.end());
      else await source.wait(signal);
      position = assembler.position;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function* readLog(
  container: Container,
  assembler: LogAssembler,
  after: LogPosition | undefined,
  signal: AbortSignal,
): AsyncGenerator<LogLine[]> {
  const doing = "read a container's log";
  const since = after === undefined ? {} : { since: sinceSeconds(after) };
  const stream = asReadable(
    await answerOf(
      doing,
      container.logs({ follow: true, stdout: true, stderr: true, timestamps: true, ...since, abortSignal: signal }),
    ),
  );
  const frames = new FrameDecoder();
  for await (const chunk of stream) {
    const lines: LogLine[] = [];
    for (const frame of frames.push(chunk)) {
      const line = assembler.push(frame);
      if (line) lines.push(line);
    }
    yield* nonEmpty(lines);
  }
}

function* nonEmpty(lines: LogLine[]): Generator<LogLine[]> {
  if (lines.length > 0) yield lines;
}

function sinceSeconds({ timestamp }: LogPosition): number {
  return Math.max(0, Math.floor((Date.parse(timestamp) - resumeMarginMs) / 1000));
}
