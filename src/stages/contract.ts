/**
 * What all stages have in common in the contract between the engine and a stage program: what stands in `request.json` and
 * `result.json`, and the progress line. Both sides import this file; `stage-images/README.md` explains it in prose. What one
 * stage has of its own is in <stage>/contract.ts: a stage image bundles the contracts of its own stages only.
 */
import * as z from 'zod';
import { Architecture } from '../definition/architecture.ts';
import { Sha256 } from '../definition/sha256.ts';
import { Fix, mostEvidence, mostFixes, RetryAdvice } from '../fix.ts';

export { Sha256 };

export const contractVersion = 1;

/** Where a stage program finds things inside its container. */
export const stagePaths = {
  out: '/ldf/out',
  in: '/ldf/in',
  sources: '/ldf/sources',
  cache: '/ldf/cache',
  keep: '/ldf/keep',
  work: '/ldf/work',
  request: 'request.json',
  result: 'result.json',
} as const;

/** A stage writes this file into /ldf/keep/<name> when all that the next run needs is there. */
export const keptMarker = 'complete';

/** A path below the stage's output folder. */
export const OutputPath = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+~-]*(\/[A-Za-z0-9][A-Za-z0-9._+~-]*)*$/, 'must be a relative path')
  .refine((path) => !path.split('/').includes('..'));

/**
 * What a stage or a query may be called. Which ones there are is in no contract: a stage image knows its own, and does not
 * become another image because a stage is added.
 */
export const ProgramName = z.string().regex(/^[a-z][a-z0-9]{0,31}$/, 'must be lower-case letters and digits');

/** What the layer of a stage is read with. */
export interface LayerContract<Data = unknown> {
  stage: string;
  /** What result.json tells besides the outputs. */
  data: z.ZodType<Data>;
}

/** Both sides of a stage: what its request asks for, and what its result tells. */
export interface StageContract<Params = unknown, Data = unknown> extends LayerContract<Data> {
  params: z.ZodType<Params>;
}

/** A question that a stage image answers outside any build. The answer is a list of entries. */
export interface QueryContract<Params = unknown, Entry = unknown> {
  query: string;
  params: z.ZodType<Params>;
  entry: z.ZodType<Entry>;
}

/**
 * What every request has besides its parameters. `params` and the architecture are in the stage's key, so nothing else
 * here may change the output; `key` itself is what UUIDs derive from.
 */
export const RequestEnvelope = z.strictObject({
  contract: z.literal(contractVersion),
  stage: ProgramName,
  arch: Architecture,
  /** The stage's content key; resolve and download have none. */
  key: Sha256.nullable(),
  params: z.unknown(),
});
export type RequestEnvelope = z.infer<typeof RequestEnvelope>;

/** What stands in the request's place when a question is asked outside any build; see answer.ts. */
export const QueryEnvelope = z.strictObject({
  contract: z.literal(contractVersion),
  query: ProgramName,
  arch: Architecture,
  params: z.unknown(),
});
export type QueryEnvelope = z.infer<typeof QueryEnvelope>;

/** One output: a file with its content's hash, or a tree with the hash of its sorted listing (path, mode, size). */
export const StageOutput = z.strictObject({
  path: OutputPath,
  kind: z.enum(['file', 'tree']),
  sizeBytes: z.int().nonnegative(),
  sha256: Sha256,
});
export type StageOutput = z.infer<typeof StageOutput>;

export const StageErrorDetail = z.strictObject({
  pointer: z.string(),
  message: z.string(),
  value: z.string().optional(),
  hint: z.string().optional(),
  /** What a terminal or a tool said, line by line, the newest last. */
  evidence: z.array(z.string()).max(mostEvidence).optional(),
  /** Changes of the definition that solve this, the best first. */
  fixes: z.array(Fix).max(mostFixes).optional(),
});

/** `code` is the stage's own (`kernel.option-not-held`); `details` name single problems, with pointers into the definition. */
export const StageError = z.strictObject({
  code: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/),
  message: z.string(),
  hint: z.string().optional(),
  details: z.array(StageErrorDetail).default([]),
  retry: RetryAdvice.optional(),
});
export type StageError = z.infer<typeof StageError>;

/** `data` is the stage's own schema, in its contract.ts. */
export const StageResult = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), outputs: z.array(StageOutput), data: z.unknown() }),
  z.strictObject({ ok: z.literal(false), error: StageError }),
]);
export type StageResult = z.infer<typeof StageResult>;

/** Exit codes of a stage program; `outOfTime` is what timeout(1) has for it. */
export const stageExit = { done: 0, definitionError: 1, programError: 2, outOfTime: 124, stopped: 128 + 15 } as const;

/**
 * The environment variable with the seconds after which a stage program ends itself and all that it started: the engine
 * ends it earlier, unless there is no engine any more. No part of the request: it changes no output.
 */
export const timeLimitVariable = 'LDF_TIME_LIMIT_SECONDS';

export const Progress = z.strictObject({ progress: z.number().min(0).max(1), note: z.string().max(500).default('') });
export type Progress = z.infer<typeof Progress>;

/** What a stage's container has used so far; null where the machine does not tell. */
export const Usage = z.strictObject({
  /** Of user and system, of all processes. */
  cpuSeconds: z.number().nonnegative().nullable(),
  peakMemoryBytes: z.int().nonnegative().nullable(),
  /** To disks, not to memory that was never written back. */
  writtenBytes: z.int().nonnegative().nullable(),
});
export type Usage = z.infer<typeof Usage>;

export const unknownUsage: Usage = { cpuSeconds: null, peakMemoryBytes: null, writtenBytes: null };

/** What a line of a stage's stdout may report besides log. */
const Report = z.union([Progress, z.strictObject({ usage: Usage })]);
export type Report = z.infer<typeof Report>;

const reportPrefix = '::ldf ';
const usagePrefix = `${reportPrefix}{"usage":`;

/** The report in a line of a stage's stdout, or undefined when the line is plain log. */
export function parseReport(line: string): Report | undefined {
  if (!line.startsWith(reportPrefix)) return undefined;
  try {
    const parsed = Report.safeParse(JSON.parse(line.slice(reportPrefix.length)));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The line to print for a progress report; `fraction` from 0 to 1. */
export function formatProgress(fraction: number, note = ''): string {
  const progress = Math.round(Math.min(1, Math.max(0, fraction)) * 1000) / 1000;
  return reportPrefix + JSON.stringify({ progress, note: note.slice(0, 500) });
}

/** The line to print for a report of what the container has used. */
export function formatUsage({ cpuSeconds, peakMemoryBytes, writtenBytes }: Usage): string {
  return `${usagePrefix}${JSON.stringify({ cpuSeconds, peakMemoryBytes, writtenBytes })}}`;
}

/** Whether a line reports usage. Such lines come by themselves: they do not show that the stage gets on. */
export function isUsageLine(line: string): boolean {
  return line.startsWith(usagePrefix);
}
