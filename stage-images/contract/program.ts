/**
 * What every stage program is built on: reads and checks `request.json`, hands the stage its folders, hashes its
 * outputs, writes `result.json`, and ends with the exit code of the contract.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  formatProgress,
  formatUsage,
  QueryEnvelope,
  RequestEnvelope,
  type StageOutput,
  StageResult,
  stageExit,
  stagePaths,
  timeLimitVariable,
} from '../../src/stages/contract.ts';
import type { QueryName, StageName } from '../../src/stages/names.ts';
import {
  answerFile,
  type QueryData,
  type QueryEntry,
  type QueryParams,
  queryParams,
} from '../../src/stages/queries.ts';
import { type StageData, type StageParams, stageData, stageParams } from '../../src/stages/stages.ts';
import { StageFailure } from './failure.ts';
import { describeOutput } from './hash.ts';
import { InputLayers } from './input.ts';
import { reachedProcessLimit, readUsage } from './usage.ts';

/** So often it is said what the container has used: one that is killed has figures, too. */
const usageIntervalMs = 5_000;

export interface StageContext<Stage extends StageName> {
  arch: RequestEnvelope['arch'];
  /** The stage's content key, 64 hexadecimal digits. Stages without one (resolve, download) must not ask. */
  key: string;
  params: StageParams[Stage];
  /** Folders: see stagePaths. */
  out: string;
  work: string;
  sources: string;
  /** The folder of an input layer. */
  input(stage: StageName): string;
  /**
   * The checked result of an input layer. Its files are verified before this resolves, but for those that `later` picks:
   * they are verified by `verifyInput`, or at the end of the stage.
   */
  inputData<Input extends StageName>(
    stage: Input,
    later?: (data: StageData[Input]) => readonly string[],
  ): Promise<StageData[Input]>;
  /** Verifies a file that `later` picked, by its whole path: while it is in use already. @throws StageFailure `layer.damaged` */
  verifyInput(path: string): Promise<void>;
  /** The folder of what an earlier run kept, to read; it is missing when none did. */
  cache(name: string): string;
  /** The folder of what is to be there for the next run; see keptMarker. */
  keep(name: string): string;
  /**
   * From now on calls `listener` when the stage is to end (SIGTERM), which it must do by itself then, within seconds.
   * Returns what makes it end at once again, and every tool with it.
   */
  onStop(listener: () => void): () => void;
  /** Reports progress: `fraction` from 0 to 1. */
  progress(fraction: number, note?: string): void;
  /** A line for the log. */
  log(line: string): void;
  /** Declares an output below `out`; it is hashed when the stage is done, unless the stage has hashed the file itself. */
  output(path: string, kind?: 'file' | 'tree', sha256?: string): void;
}

export type StageProgram<Stage extends StageName> = (context: StageContext<Stage>) => Promise<StageData[Stage]>;
export type StagePrograms = { [Stage in StageName]?: StageProgram<Stage> };

/** What a query sees: the folders of the stage whose container it runs in, without any layer. */
export interface QueryContext<Query extends QueryName>
  extends Pick<StageContext<StageName>, 'arch' | 'out' | 'work' | 'sources' | 'progress' | 'log'> {
  params: QueryParams[Query];
}
export type QueryProgram<Query extends QueryName> = (context: QueryContext<Query>) => Promise<QueryEntry[Query][]>;
export type QueryPrograms = { [Query in QueryName]?: QueryProgram<Query> };

const AnyRequest = z.union([RequestEnvelope, QueryEnvelope]);

/**
 * Runs the requested stage out of `programs`, or answers the query, and returns the exit code. `root` stands in for `/` so
 * that a test can run a stage in a folder.
 */
export async function runProgram(
  programs: StagePrograms,
  root = process.env.LDF_STAGE_ROOT ?? '',
  queries: QueryPrograms = {},
): Promise<number> {
  const out = root + stagePaths.out;
  let stage: StageName | undefined;
  try {
    const request = AnyRequest.parse(JSON.parse(await readFile(join(out, stagePaths.request), 'utf8')));
    stage = 'query' in request ? undefined : request.stage;
    const result =
      'query' in request
        ? await answerQuery(request.query, request, queries, root)
        : await runStage(request.stage, request, programs, root);
    await writeResult(out, result);
    return stageExit.done;
  } catch (error) {
    if (stop.asked) return stageExit.stopped;
    const failure =
      (await tooManyProcesses(error, stage)) ?? (error instanceof StageFailure ? error : unforeseen(error));
    if (!(error instanceof StageFailure)) console.error(error);
    console.error(`error: ${failure.error.message}`);
    if (failure.error.hint) console.error(`hint: ${failure.error.hint}`);
    await writeResult(out, StageResult.parse({ ok: false, error: failure.error }));
    return failure.fault === 'user' ? stageExit.userFault : stageExit.ourFault;
  }
}

/** Whatever failed after that, did so because a tool could not start its own. */
async function tooManyProcesses(error: unknown, stage: StageName | undefined): Promise<StageFailure | undefined> {
  if (!stage || !(await reachedProcessLimit())) return undefined;
  const said = error instanceof Error ? error.message : String(error);
  return new StageFailure(
    {
      code: 'stage.process-limit',
      message: `The stage wanted more processes than it may have: ${said}`,
      hint: `Raise LDF_STAGE_PIDS_${stage.toUpperCase()} for the server, then retry the build.`,
    },
    'ours',
  );
}

/** What no stage has words of its own for; a full disk is the one cause that every stage can meet. */
function unforeseen(error: unknown): StageFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (!/ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/.test(message))
    return new StageFailure({ code: 'stage.fault', message }, 'ours');
  return new StageFailure(
    {
      code: 'storage.full',
      message: `There is no space left for the stage's files: ${message.split('\n').at(-1)}`,
      hint: 'Free some space where Docker keeps its volumes, then retry the build.',
    },
    'ours',
  );
}

async function runStage<Stage extends StageName>(
  stage: Stage,
  request: RequestEnvelope,
  programs: StagePrograms,
  root: string,
): Promise<StageResult> {
  const program: StageProgram<Stage> | undefined = programs[stage];
  if (!program) throw new Error(`this image has no stage ${stage}; it has ${Object.keys(programs).join(', ')}`);
  const out = root + stagePaths.out;
  const layers = new InputLayers(root + stagePaths.in);
  const declared: { path: string; kind: 'file' | 'tree'; sha256: string | undefined }[] = [];
  const context: StageContext<Stage> = {
    ...surroundings(request.arch, root),
    get key() {
      if (request.key === null) throw new Error(`stage ${stage} has no key`);
      return request.key;
    },
    params: stageParams[stage].parse(request.params) as StageParams[Stage],
    input: (input) => layers.folder(input),
    inputData: (input, later) => layers.data(input, later),
    verifyInput: (path) => layers.verify(path),
    cache: (name) => join(root + stagePaths.cache, name),
    keep: (name) => join(root + stagePaths.keep, name),
    onStop(listener) {
      stop.listener = listener;
      return () => {
        stop.listener = endAtOnce;
      };
    },
    output: (path, kind = 'file', sha256 = undefined) => void declared.push({ path, kind, sha256 }),
  };
  // What was made of a damaged layer is no good, and damage explains any other failure.
  const made = await program(context).finally(() => layers.verifyRest());
  const data = stageData[stage].parse(made);
  const outputs: StageOutput[] = [];
  for (const { path, kind, sha256 } of declared) outputs.push(await describeOutput(out, path, kind, sha256));
  return { ok: true, outputs, data };
}

/** What stages and queries have in common. */
function surroundings(arch: RequestEnvelope['arch'], root: string) {
  return {
    arch,
    out: root + stagePaths.out,
    work: root + stagePaths.work,
    sources: root + stagePaths.sources,
    progress: (fraction: number, note?: string) => console.log(formatProgress(fraction, note)),
    log: (line: string) => console.log(line),
  };
}

async function answerQuery<Query extends QueryName>(
  query: Query,
  request: QueryEnvelope,
  programs: QueryPrograms,
  root: string,
): Promise<StageResult> {
  const program: QueryProgram<Query> | undefined = programs[query];
  if (!program) throw new Error(`this image answers no query ${query}`);
  const params = queryParams[query].parse(request.params) as QueryParams[Query];
  const context = { ...surroundings(request.arch, root), params };
  const entries = await program(context);
  await writeFile(join(context.out, answerFile), JSON.stringify(entries));
  const data: z.infer<typeof QueryData> = { entries: entries.length };
  return { ok: true, outputs: [await describeOutput(context.out, answerFile, 'file')], data };
}

async function writeResult(out: string, result: StageResult): Promise<void> {
  const target = join(out, stagePaths.result);
  await writeFile(`${target}.partial`, `${JSON.stringify(result, null, 2)}\n`);
  await rename(`${target}.partial`, target);
}

const endAtOnce = (): void => process.exit(stageExit.stopped);

/** Whether the container is to end, and what is called when it is. */
const stop = { asked: false, listener: endAtOnce };

/** The whole of a stage image's `main.ts`: does what is requested and ends the process with its exit code. */
export async function main(programs: StagePrograms, queries: QueryPrograms = {}): Promise<never> {
  // As process 1 of the container, Node gets no default action for SIGTERM.
  process.once('SIGTERM', () => {
    stop.asked = true;
    stop.listener();
  });
  limitTime();
  const report = async () => console.log(formatUsage(await readUsage()));
  setInterval(report, usageIntervalMs);
  const exitCode = await runProgram(programs, undefined, queries);
  await report();
  process.exit(exitCode);
}

/** The longest that setTimeout takes, in milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/** Ends the container in the end, should nobody else: with the first process of a container go all others. */
function limitTime(): void {
  const seconds = Number(process.env[timeLimitVariable]);
  // Not for the tools of the stage.
  delete process.env[timeLimitVariable];
  if (!(seconds > 0)) return;
  setTimeout(
    () => {
      console.error(`error: The stage ran for more than ${seconds} seconds.`);
      process.exit(stageExit.outOfTime);
    },
    Math.min(seconds * 1_000, longestTimerMs),
  ).unref();
}
