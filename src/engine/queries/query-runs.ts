/** Runs of stage images for queries: few at a time, and a bound on how many may wait. */

import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Architecture } from '../../definition/definition.ts';
import { LdfError } from '../../errors.ts';
import type { Plan } from '../../plan/types.ts';
import type { StageImage } from '../../runtime/runtime.ts';
import { answerFile, QueryData } from '../../stages/answer.ts';
import { contractVersion, type RequestEnvelope, stagePaths } from '../../stages/contract.ts';
import type { KernelGroup } from '../../stages/lock.ts';
import type { ImageName, QueryName } from '../../stages/names.ts';
import { type QueryEntry, type QueryParams, queryContracts, queryStages } from '../../stages/queries.ts';
import { stageNamed, stageWithResult } from '../../stages/registry.ts';
import type { SourceFile } from '../../stages/source-file.ts';
import { BoundedQueue } from '../core/bounded-queue.ts';
import { type Engine, type StageImages, stageImage } from '../core/dependencies.ts';
import { recordRequest } from '../core/recorded-request.ts';
import { runResolve } from '../results/resolve-lock.ts';
import { type OutsideRun, runOutside } from '../stage-runs/run-outside.ts';
import type { GoodResult } from '../stage-runs/stage-result.ts';

const doing = 'a query was being answered';

export class QueryRuns {
  readonly #engine: Engine;
  readonly #stop: AbortSignal;
  readonly #slots: BoundedQueue;

  constructor(engine: Engine, stop: AbortSignal) {
    this.#engine = engine;
    this.#stop = stop;
    const { queryRuns, queriesWaiting } = engine.config;
    const tooMany = 'Too many queries are waiting for an answer.';
    this.#slots = new BoundedQueue({ atOnce: queryRuns, waiting: queriesWaiting, tooMany });
  }

  /** Asks a stage image. @throws LdfError `queue.full`, and what the query failed with. */
  ask<Query extends QueryName>(
    query: Query,
    arch: Architecture,
    params: QueryParams[Query],
    images: StageImages,
  ): Promise<QueryEntry[Query][]> {
    const engine = this.#engine;
    return this.#slots.run(() =>
      runOutside(engine, {
        ...{
          stage: queryStages[query],
          image: stageImage(images, queryImage(query)),
          doing,
          stop: this.#stop,
          dataSchema: QueryData,
        },
        request: { contract: contractVersion, query, arch, params },
        read: async (result, container) => {
          const path = `${stagePaths.out}/${answerFile}`;
          const content = await engine.runtime.readFile(container, path, engine.config.answerBytes);
          return readAnswer(query, result, content);
        },
      }),
    );
  }

  /** The newest kernel that a wish comes to. */
  async resolveKernel(arch: Architecture, kernel: Plan['wishes']['kernel']): Promise<z.infer<typeof KernelGroup>> {
    const params = { kernel, packages: null, boot: null, previous: null };
    const data = await this.#slots.run(() => runResolve(this.#engine, arch, params, this.#stop));
    if (!data.kernel) throw new LdfError('stage.result-invalid', 'resolve was asked for a kernel and names none.');
    return data.kernel;
  }

  /** Files with changes of a kernel's source, as a lock names them. */
  async resolvePatches(arch: Architecture, patches: Plan['wishes']['patches']): Promise<SourceFile[]> {
    const params = { kernel: null, packages: null, boot: null, patches, previous: null };
    const data = await this.#slots.run(() => runResolve(this.#engine, arch, params, this.#stop));
    if (!data.patches) throw new LdfError('stage.result-invalid', 'resolve was asked for patches and names none.');
    return data.patches;
  }

  /** Runs a stage whose outcome stays as the layer of its key, for builds too. */
  layer<Answer>(request: RequestEnvelope, image: StageImage, read: OutsideRun<Answer>['read']): Promise<Answer> {
    const { stage } = request;
    const run = { stage, request, image, doing, stop: this.#stop, read, keeps: true };
    return this.#slots.run(() => runOutside(this.#engine, run));
  }

  /** Brings files into the source store. */
  async download(arch: Architecture, sources: SourceFile[], images: StageImages): Promise<void> {
    const { name, image } = stageWithResult('sources');
    const { request } = recordRequest({ name, image, params: { sources }, key: null }, arch, images);
    await this.#slots.run(() =>
      runOutside(this.#engine, {
        ...{ stage: name, request, image: stageImage(images, image), doing, stop: this.#stop },
        read: () => undefined,
      }),
    );
  }
}

/** The image that answers a query. */
export function queryImage(query: QueryName): ImageName {
  return stageNamed(queryStages[query]).image;
}

/** What came out of a container is checked before anybody relies on it. */
function readAnswer<Query extends QueryName>(
  query: Query,
  { outputs }: GoodResult,
  content: Buffer | undefined,
): QueryEntry[Query][] {
  const listed = outputs.find(({ path }) => path === answerFile);
  const hash = content && createHash('sha256').update(content).digest('hex');
  if (!content || hash !== listed?.sha256) throw malformed(query, `${answerFile} is not what it lists`);
  try {
    return z.array(queryContracts[query].entry).parse(JSON.parse(content.toString('utf8'))) as QueryEntry[Query][];
  } catch (error) {
    throw malformed(query, error instanceof Error ? error.message : String(error));
  }
}

function malformed(query: QueryName, why: string): LdfError {
  return new LdfError(
    'stage.result-invalid',
    `The answer to a query for ${query} is malformed: ${why.slice(0, 500)}.`,
    {
      hint: 'The image does not fit this version of LDF: run `ldf images build`.',
    },
  );
}
