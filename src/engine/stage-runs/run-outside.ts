/** One run of a stage image outside any build, which leaves nothing behind, or a layer. */
import type * as z from 'zod';
import { LdfError } from '../../errors.ts';
import type { StageImage } from '../../runtime/runtime.ts';
import type { QueryEnvelope, RequestEnvelope } from '../../stages/contract.ts';
import type { StageName } from '../../stages/names.ts';
import { newId } from '../../store/ids.ts';
import { attemptNames, outsideBuild } from '../core/attempt-names.ts';
import type { Engine } from '../core/dependencies.ts';
import { Stopped } from '../core/failure.ts';
import { buildLease, Lease } from '../core/leases.ts';
import { clearAttempt, startAttempt, watchAttempt } from './run-attempt.ts';
import { type GoodResult, totalBytes } from './stage-result.ts';
import { defaultSurroundings } from './surroundings.ts';

export interface OutsideRun<Answer> {
  /** Whose container it is: what it may do. */
  stage: StageName;
  request: RequestEnvelope | QueryEnvelope;
  image: StageImage;
  /** What the result's data has to be, when it is not the stage's own. */
  dataSchema?: z.ZodType;
  /** What is being done, for whoever the server's end keeps from it: `the lock was being resolved`. */
  doing: string;
  /** Ends it. */
  stop: AbortSignal;
  /** Whether its output stays, as the layer of the request's key. */
  keeps?: boolean;
  /** Takes what is wanted out of the container that has ended. */
  read(result: GoodResult, container: string): Promise<Answer> | Answer;
}

/** @throws LdfError what the stage failed with; `server.unreachable` when `stop` fired. */
export async function runOutside<Answer>(engine: Engine, run: OutsideRun<Answer>): Promise<Answer> {
  const { stage, request, image, dataSchema, stop } = run;
  // It may have waited for its place until now.
  if (stop.aborted) throw stoppedWhile(run);
  const owner = { build: outsideBuild(newId()), stage, attempt: 1 };
  const layers = run.keeps && 'key' in request && request.key !== null ? [request.key] : [];
  // Tells a process that starts now that this container has an owner.
  const lease = await Lease.take(engine, buildLease(owner.build), engine.owner);
  try {
    await startAttempt(engine, owner, { request, image, layers: {}, surroundings: defaultSurroundings });
    const result = await watchAttempt(engine, owner, {
      startedUptimeMs: engine.clock.uptimeMs(),
      position: undefined,
      logBytes: 0,
      onLines: async (lines) => {
        for (const { text } of lines) engine.logger.debug({ owner: owner.build }, text);
      },
      image,
      stop,
      leaseLost: new AbortController().signal,
      ...(dataSchema ? { dataSchema } : {}),
    });
    const { container, volume } = attemptNames(engine.installation, owner);
    const answer = await run.read(result, container);
    const sizeBytes = totalBytes(result);
    for (const key of layers) await engine.store.addLayer({ key, stage, volume, result, sizeBytes });
    return answer;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    throw stoppedWhile(run, error);
  } finally {
    await clearAttempt(engine, owner, layers);
    if (layers.length > 0) engine.cleanUp();
    await lease?.release();
  }
}

function stoppedWhile({ doing }: Pick<OutsideRun<unknown>, 'doing'>, cause?: unknown): LdfError {
  return new LdfError('server.unreachable', `The server stopped while ${doing}.`, { cause });
}
