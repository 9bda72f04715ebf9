/** What a container's end means: its exit code and its result.json, both untrusted. */
import type * as z from 'zod';
import { formatBytes } from '../../amounts.ts';
import { LdfError } from '../../errors.ts';
import type { Fix } from '../../fix.ts';
import { harmlessText } from '../../printable-text.ts';
import type { StageRuntime } from '../../runtime/runtime.ts';
import { stageSettings } from '../../settings.ts';
import { type StageError, StageResult, stageExit, stagePaths } from '../../stages/contract.ts';
import type { StageName } from '../../stages/names.ts';
import { stageNamed } from '../../stages/registry.ts';
import type { Exited } from './supervise.ts';

export type GoodResult = Extract<StageResult, { ok: true }>;

const resultPath = `${stagePaths.out}/${stagePaths.result}`;

/** Above this a shell or container engine reports the signal that ended a program: 128 + its number. */
const signalBase = 128;

/**
 * The checked result of a stage that did its work; its data has to be what `dataSchema` says.
 * @throws LdfError `stage.failed` as the stage says, `stage.fault`, `stage.timeout`, `stage.out-of-memory`, `stage.killed`,
 * `stage.result-missing` or `stage.result-invalid`; `docker.unavailable` when the container ended with its engine.
 */
export async function readResult(
  runtime: Pick<StageRuntime, 'readFile' | 'inspect'>,
  container: string,
  stage: StageName,
  exited: Exited,
  maxBytes: number,
  dataSchema: z.ZodType = stageNamed(stage).contract.data,
): Promise<GoodResult> {
  const { exitCode, outOfMemory } = exited;
  if (outOfMemory && exitCode !== stageExit.done) throw memoryExceeded(stage);
  if (exitCode > signalBase) {
    // An engine that is going down ends its containers first: that is no failure of the stage.
    await runtime.inspect(container);
    throw killed(stage, exitCode - signalBase);
  }
  if (exitCode === stageExit.outOfTime) throw outOfTime(stage);
  const text = await runtime.readFile(container, resultPath, maxBytes);
  const result = text === undefined ? undefined : parseResult(stage, text.toString('utf8'), dataSchema);
  if (exitCode === stageExit.done) {
    if (!result) throw missing(stage, exitCode);
    if (!result.ok) throw invalid(stage, 'it reports a failure, but the program exited with 0');
    return result;
  }
  if (exitCode !== stageExit.definitionError && exitCode !== stageExit.programError) throw broken(stage, exitCode);
  if (!result) throw missing(stage, exitCode);
  if (result.ok) throw invalid(stage, `it reports success, but the program exited with ${exitCode}`);
  throw reported(result.error, exitCode === stageExit.definitionError ? 'stage.failed' : 'stage.fault');
}

/**
 * Holds a stage to its output limit: by what it lists, and by what `measure` finds on disk, for it may list too little.
 * @throws LdfError `stage.output-limit`; the output is then cleared away with its attempt.
 */
export async function checkOutputSize(
  stage: StageName,
  { outputs }: GoodResult,
  maxBytes: number,
  measure: () => Promise<number>,
): Promise<void> {
  requireWithin(
    stage,
    outputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    maxBytes,
  );
  requireWithin(stage, await measure(), maxBytes);
}

function requireWithin(stage: StageName, bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new LdfError(
    'stage.output-limit',
    `Stage ${stage} wrote ${formatBytes(bytes)}, and ${formatBytes(maxBytes)} is the limit.`,
    { hint: `Raise LDF_STAGE_OUTPUT_${stage.toUpperCase()}, or build less; then retry the build.` },
  );
}

function parseResult(stage: StageName, text: string, dataSchema: z.ZodType): StageResult {
  const value = parseJson(stage, text);
  const result = StageResult.safeParse(value);
  if (!result.success) throw invalid(stage, firstIssue(result.error.issues));
  if (!result.data.ok) return result.data;
  const data = dataSchema.safeParse(result.data.data);
  if (!data.success) throw invalid(stage, firstIssue(data.error.issues, ['data']));
  return result.data;
}

function parseJson(stage: StageName, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(stage, error instanceof Error ? error.message : String(error));
  }
}

function firstIssue(issues: readonly { path: PropertyKey[]; message: string }[], prefix: string[] = []): string {
  const [issue] = issues;
  return issue ? `/${[...prefix, ...issue.path].map(String).join('/')} ${issue.message}` : 'it is not valid';
}

/** The stage's own words, or those of a maintainer script or compiler in it: nothing in them is to act on a terminal. */
function reported({ code, message, hint, details, retry }: StageError, of: 'stage.failed' | 'stage.fault'): LdfError {
  return new LdfError(of, harmlessText(message), {
    subcode: code,
    retry,
    ...(hint === undefined ? {} : { hint: harmlessText(hint) }),
    details: details.map(({ pointer, message, value, hint, evidence, fixes }) => ({
      pointer: harmlessText(pointer),
      message: harmlessText(message),
      ...(value === undefined ? {} : { value: harmlessText(value) }),
      ...(hint === undefined ? {} : { hint: harmlessText(hint) }),
      ...(evidence === undefined ? {} : { evidence: evidence.map((line) => harmlessText(line)) }),
      ...(fixes === undefined ? {} : { fixes: fixes.filter(isHarmless) }),
    })),
  });
}

/** A fix is shown and carried out: one that would have to be shown otherwise than it is, is none. */
function isHarmless({ pointer, from, to }: Fix): boolean {
  return [pointer, from, to].every((part) => typeof part !== 'string' || harmlessText(part) === part);
}

function memoryExceeded(stage: StageName): LdfError {
  return new LdfError('stage.out-of-memory', `Stage ${stage} needed more memory than it may use.`, {
    hint: `Raise ${stageSettings(stage).memory.name}, or use a machine with more memory; then retry the build.`,
  });
}

function outOfTime(stage: StageName): LdfError {
  const { name } = stageSettings(stage).timeout;
  return new LdfError(
    'stage.timeout',
    `Stage ${stage} ran for longer than it may, while no server was there to end it.`,
    {
      hint: `See in its log what it was busy with, or raise ${name}; then retry the build.`,
    },
  );
}

function killed(stage: StageName, signal: number): LdfError {
  return new LdfError('stage.killed', `Stage ${stage} was ended by signal ${signal} from outside.`, {
    hint: 'Its container was stopped, or the machine ran out of memory (see `dmesg`); then retry the build.',
  });
}

function broken(stage: StageName, exitCode: number): LdfError {
  return new LdfError('stage.fault', `The program of stage ${stage} crashed with exit code ${exitCode}.`, {
    hint: 'See the last lines of its log; `ldf images verify` tells whether its image is sound.',
  });
}

function missing(stage: StageName, exitCode: number): LdfError {
  return new LdfError('stage.result-missing', `Stage ${stage} exited with ${exitCode} and left no result.json.`, {
    hint: 'See the last lines of its log; `ldf images verify` tells whether its image is sound.',
  });
}

function invalid(stage: StageName, why: string): LdfError {
  return new LdfError('stage.result-invalid', `The result.json of stage ${stage} is malformed: ${why}.`, {
    hint: 'Its image does not fit this version of LDF: run `ldf images build`.',
  });
}

export function totalBytes({ outputs }: GoodResult): number {
  return outputs.reduce((sum, output) => sum + output.sizeBytes, 0);
}
