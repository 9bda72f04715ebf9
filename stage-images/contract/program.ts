/**
 * What every stage program is built on: reads and checks `request.json`, hands the stage its folders, hashes its
 * outputs, writes `result.json`, and ends with the exit code of the contract.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import {
  formatProgress,
  formatUsage,
  QueryEnvelope,
  RequestEnvelope,
  type StageError,
  type StageOutput,
  StageResult,
  stageExit,
  stagePaths,
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
import { reachedProcessLimit, readUsage } from './usage.ts';

/** So often it is said what the container has used: one that is killed has figures, too. */
const usageIntervalMs = 5_000;

/** Ends the stage with exit 1 (the user's fault) or, with `fault: 'ours'`, exit 2; all of it goes into result.json. */
export class StageFailure extends Error {
  override readonly name = 'StageFailure';
  constructor(
    readonly error: z.input<typeof StageError>,
    readonly fault: 'user' | 'ours' = 'user',
  ) {
    super(error.message);
  }
}

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
  /** The checked result of an input layer; `verify` (default true) re-hashes the named files before they are read. */
  inputData<Input extends StageName>(stage: Input): Promise<StageData[Input]>;
  cache(name: string): string;
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
  const declared: { path: string; kind: 'file' | 'tree'; sha256: string | undefined }[] = [];
  const context: StageContext<Stage> = {
    ...surroundings(request.arch, root),
    get key() {
      if (request.key === null) throw new Error(`stage ${stage} has no key`);
      return request.key;
    },
    params: stageParams[stage].parse(request.params) as StageParams[Stage],
    input: (input) => join(root + stagePaths.in, input),
    inputData: (input) => readInput(join(root + stagePaths.in, input), input),
    cache: (name) => join(root + stagePaths.cache, name),
    output: (path, kind = 'file', sha256 = undefined) => void declared.push({ path, kind, sha256 }),
  };
  const data = stageData[stage].parse(await program(context));
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

/** Reads an input layer's result and verifies every output it lists. */
async function readInput<Input extends StageName>(folder: string, stage: Input): Promise<StageData[Input]> {
  const result = StageResult.parse(JSON.parse(await readFile(join(folder, stagePaths.result), 'utf8')));
  if (!result.ok) throw new Error(`the input layer of ${stage} holds a failed result`);
  for (const expected of result.outputs) {
    const found = await describeOutput(folder, expected.path, expected.kind);
    if (found.sha256 !== expected.sha256)
      throw new StageFailure(
        {
          code: 'layer.damaged',
          message: `${expected.path} of the ${stage} layer is not what ${stage} wrote (sha256 ${found.sha256}, expected ${expected.sha256}).`,
          hint: `Retry the build from stage ${stage}; the layer will be made anew.`,
        },
        'ours',
      );
  }
  return stageData[stage].parse(result.data) as StageData[Input];
}

/** `sha256`: of a file that was hashed already. */
export async function describeOutput(
  folder: string,
  path: string,
  kind: 'file' | 'tree',
  sha256?: string,
): Promise<StageOutput> {
  const full = join(folder, path);
  if (kind === 'file')
    return { path, kind, sizeBytes: (await lstat(full)).size, sha256: sha256 ?? (await sha256File(full)) };
  return { path, kind, ...(await describeTree(full)) };
}

/** The sha256 of a file, in hexadecimal. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Hashes a tree's listing, not its contents: a kernel source has 80,000 files, and its tar was verified already. */
async function describeTree(folder: string): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const visit = async (relative: string): Promise<void> => {
    const entries = await readdir(join(folder, relative), { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const stats = await Promise.all(entries.map((entry) => lstat(join(folder, relative, entry.name))));
    for (const [index, entry] of entries.entries()) {
      const stat = stats[index];
      if (!stat) continue;
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const size = entry.isDirectory() ? 0 : stat.size;
      sizeBytes += size;
      hash.update(`${path}\0${stat.mode.toString(8)}\0${size}\n`);
      if (entry.isDirectory()) await visit(path);
    }
  };
  await visit('');
  return { sizeBytes, sha256: hash.digest('hex') };
}

async function writeResult(out: string, result: StageResult): Promise<void> {
  const target = join(out, stagePaths.result);
  await writeFile(`${target}.partial`, `${JSON.stringify(result, null, 2)}\n`);
  await rename(`${target}.partial`, target);
}

/** The whole of a stage image's `main.ts`: does what is requested and ends the process with its exit code. */
export async function main(programs: StagePrograms, queries: QueryPrograms = {}): Promise<never> {
  // As process 1 of the container, Node gets no default action for SIGTERM; its end takes every tool with it.
  process.once('SIGTERM', () => process.exit(128 + 15));
  const report = async () => console.log(formatUsage(await readUsage()));
  setInterval(report, usageIntervalMs);
  const exitCode = await runProgram(programs, undefined, queries);
  await report();
  process.exit(exitCode);
}
