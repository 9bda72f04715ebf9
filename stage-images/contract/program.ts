/**
 * What every stage program is built on: reads and checks `request.json`, hands the stage its folders, hashes its
 * outputs, writes `result.json`, and ends with the exit code of the contract.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { answerFile, type QueryData } from '../../src/stages/answer.ts';
import {
  formatUsage,
  type LayerContract,
  type QueryContract,
  QueryEnvelope,
  RequestEnvelope,
  type StageContract,
  type StageOutput,
  StageResult,
  stageExit,
  stagePaths,
  timeLimitVariable,
} from '../../src/stages/contract.ts';
import { type Activity, progressReporter } from './activity.ts';
import { StageFailure } from './failure.ts';
import { describeOutput } from './hash.ts';
import { InputLayers } from './input.ts';
import { reachedProcessLimit, readUsage } from './usage.ts';

/** So often it is said what the container has used: one that is killed has figures, too. */
const usageIntervalMs = 5_000;

export interface StageContext<Params> {
  arch: RequestEnvelope['arch'];
  /** The stage's content key, 64 hexadecimal digits. Stages without one (resolve, download) must not ask. */
  key: string;
  params: Params;
  /** Folders: see stagePaths. */
  out: string;
  work: string;
  sources: string;
  /** The folder of an input layer. */
  input(stage: string): string;
  /**
   * The checked result of an input layer, read with the contract of the stage that made it. Its files are verified before this resolves, but for those that `later` picks:
   * they are verified by `verifyInput`, or at the end of the stage.
   */
  inputData<Data>(input: LayerContract<Data>, later?: (data: Data) => readonly string[]): Promise<Data>;
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
  /**
   * The private key (PEM) that this run was given to sign with, by stdin. No volume may hold it: they are on a disk. Only /tmp is in
   * memory. @throws StageFailure `signing.no-key`
   */
  privateKey(): Promise<string>;
  /** Reports progress: `fraction` from 0 to 1. */
  progress(fraction: number, activity?: Activity): void;
  /** A line for the log. */
  log(line: string): void;
  /** Declares an output below `out`; it is hashed when the stage is done, unless the stage has hashed the file itself. */
  output(path: string, kind?: 'file' | 'tree', sha256?: string): void;
}

export type StageProgram<Params, Data> = (context: StageContext<Params>) => Promise<Data>;

/** What a query sees: the folders of the stage whose container it runs in, without any layer. */
export interface QueryContext<Params>
  extends Pick<StageContext<Params>, 'arch' | 'params' | 'out' | 'work' | 'sources' | 'progress' | 'log'> {}
export type QueryProgram<Params, Entry> = (context: QueryContext<Params>) => Promise<Entry[]>;

/** The stages of an image, by name: each with its contract and what does it. */
export type StagePrograms<Contracts extends Record<string, StageContract>> = {
  [Stage in keyof Contracts]: {
    contract: Contracts[Stage] & { stage: Stage };
    run: StageProgram<z.infer<Contracts[Stage]['params']>, z.infer<Contracts[Stage]['data']>>;
  };
};

/** The queries of an image, by name. */
export type QueryPrograms<Contracts extends Record<string, QueryContract>> = {
  [Query in keyof Contracts]: {
    contract: Contracts[Query] & { query: Query };
    run: QueryProgram<z.infer<Contracts[Query]['params']>, z.infer<Contracts[Query]['entry']>>;
  };
};

/** A program whose types are its own affair: what it is given was checked by its contract. */
interface AnyStage {
  contract: StageContract;
  run(context: StageContext<unknown>): Promise<unknown>;
}
interface AnyQuery {
  contract: QueryContract;
  run(context: QueryContext<unknown>): Promise<unknown[]>;
}

const AnyRequest = z.union([RequestEnvelope, QueryEnvelope]);

/**
 * Runs the requested one of `stages`, or answers the query, and returns the exit code. `root` stands in for `/` so
 * that a test can run a stage in a folder.
 */
export async function runProgram<
  Stages extends Record<string, StageContract>,
  Queries extends Record<string, QueryContract>,
>(
  stages: StagePrograms<Stages>,
  root = process.env.LDF_STAGE_ROOT ?? '',
  queries?: QueryPrograms<Queries>,
): Promise<number> {
  const out = root + stagePaths.out;
  let stage: string | undefined;
  try {
    const request = AnyRequest.parse(JSON.parse(await readFile(join(out, stagePaths.request), 'utf8')));
    stage = 'query' in request ? undefined : request.stage;
    const result =
      'query' in request
        ? await answerQuery(request, new Map<string, AnyQuery>(Object.entries(queries ?? {})), root)
        : await runStage(request, new Map<string, AnyStage>(Object.entries(stages)), root);
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
    return failure.fault === 'user' ? stageExit.definitionError : stageExit.programError;
  }
}

/** Whatever failed after that, did so because a tool could not start its own. */
async function tooManyProcesses(error: unknown, stage: string | undefined): Promise<StageFailure | undefined> {
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

async function runStage(
  request: RequestEnvelope,
  stages: ReadonlyMap<string, AnyStage>,
  root: string,
): Promise<StageResult> {
  const { stage } = request;
  const program = stages.get(stage);
  if (!program) throw new Error(`this image has no stage ${stage}; it has ${[...stages.keys()].join(', ')}`);
  const out = root + stagePaths.out;
  const layers = new InputLayers(root + stagePaths.in);
  const declared: { path: string; kind: 'file' | 'tree'; sha256: string | undefined }[] = [];
  const context: StageContext<unknown> = {
    ...surroundings(request.arch, root),
    get key() {
      if (request.key === null) throw new Error(`stage ${stage} has no key`);
      return request.key;
    },
    params: program.contract.params.parse(request.params),
    input: (input) => layers.folder(input),
    inputData: (input, later) => layers.data(input, later),
    verifyInput: (path) => layers.verify(path),
    cache: (name) => join(root + stagePaths.cache, name),
    keep: (name) => join(root + stagePaths.keep, name),
    privateKey: readPrivateKey,
    onStop(listener) {
      stop.listener = listener;
      return () => {
        stop.listener = endAtOnce;
      };
    },
    output: (path, kind = 'file', sha256 = undefined) => void declared.push({ path, kind, sha256 }),
  };
  // What was made of a damaged layer is no good, and damage explains any other failure.
  const made = await program.run(context).finally(() => layers.verifyRest());
  const data = program.contract.data.parse(made);
  const outputs: StageOutput[] = [];
  for (const { path, kind, sha256 } of declared) outputs.push(await describeOutput(out, path, kind, sha256));
  return { ok: true, outputs, data };
}

/** Whoever started the container writes it into its stdin, once. */
async function readPrivateKey(): Promise<string> {
  const given = await text(process.stdin);
  if (given !== '') return given;
  throw new StageFailure(
    {
      code: 'signing.no-key',
      message: 'The stage was not given the private key that it is to sign with: the server ended meanwhile.',
      hint: 'Retry the build.',
      retry: 'same',
    },
    'ours',
  );
}

/** What stages and queries have in common. */
function surroundings(arch: RequestEnvelope['arch'], root: string) {
  return {
    arch,
    out: root + stagePaths.out,
    work: root + stagePaths.work,
    sources: root + stagePaths.sources,
    progress: progressReporter(console.log),
    log: (line: string) => console.log(line),
  };
}

async function answerQuery(
  request: QueryEnvelope,
  queries: ReadonlyMap<string, AnyQuery>,
  root: string,
): Promise<StageResult> {
  const program = queries.get(request.query);
  if (!program) throw new Error(`this image answers no query ${request.query}`);
  const context = { ...surroundings(request.arch, root), params: program.contract.params.parse(request.params) };
  const entries = await program.run(context);
  await writeFile(join(context.out, answerFile), JSON.stringify(entries));
  const data: QueryData = { entries: entries.length };
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
export async function main<Stages extends Record<string, StageContract>, Queries extends Record<string, QueryContract>>(
  stages: StagePrograms<Stages>,
  queries?: QueryPrograms<Queries>,
): Promise<never> {
  // As process 1 of the container, Node gets no default action for SIGTERM.
  process.once('SIGTERM', () => {
    stop.asked = true;
    stop.listener();
  });
  limitTime();
  const report = async () => console.log(formatUsage(await readUsage()));
  setInterval(report, usageIntervalMs);
  const exitCode = await runProgram(stages, undefined, queries);
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
