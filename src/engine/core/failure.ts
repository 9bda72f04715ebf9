/** How errors become what is shown of a build, and the two ways in which work ends that are no failures. */
import { basename } from 'node:path';
import { diskFull, isDiskFull } from '../../disk-full.ts';
import { type ErrorCode, LdfError } from '../../errors.ts';
import { FencedError } from '../../fenced.ts';
import type { RetryAdvice } from '../../fix.ts';
import type { Failure } from '../../model/problem.ts';
import type { StageName } from '../../stages/names.ts';

/** The engine leaves a build as it is: states, containers and volumes stay as they are for whoever takes the build up next. */
export class Suspended extends Error {
  override readonly name = 'Suspended';
}

/** A stage was ended from outside: its build was cancelled, or another stage failed. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** An error in the shape that builds and stages show. Whatever is not an LdfError is a fault of ours. */
export function toFailure(error: unknown, stage: StageName | null): Failure {
  if (error instanceof LdfError)
    return {
      code: error.subcode ?? error.code,
      message: error.message,
      hint: error.hint ?? defaultHint(stage),
      stage,
      details: error.details,
      ...retryAdvice(error),
    };
  if (isDiskFull(error)) return toFailure(diskFull('the files of the build', error), stage);
  return {
    code: 'internal',
    message: `Internal error in LDF: ${wordsOf(error)}`,
    hint: 'Look at the log of the server, and retry the build.',
    stage,
    details: [],
    retry: 'same',
  };
}

/** What a stage says itself goes first. Of the rest, whatever is no matter of the definition may come out otherwise. */
function retryAdvice({ code, retry = adviceFor[code] }: LdfError): Pick<Failure, 'retry'> {
  return retry === undefined ? {} : { retry };
}

const adviceFor: Partial<Record<ErrorCode, RetryAdvice>> = {
  'stage.timeout': 'more-time',
  'stage.silent': 'more-time',
  'stage.out-of-memory': 'same',
  'stage.killed': 'same',
  'stage.vanished': 'same',
  'storage.full': 'same',
  'docker.unavailable': 'same',
  'database.unavailable': 'same',
  'images.missing': 'same',
  'images.mismatch': 'same',
};

/** Without the paths that errors of node:fs name: where this machine keeps its files is for its log alone. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const paths = ['path' in error && error.path, 'dest' in error && error.dest];
  return paths.reduce<string>(
    (words, path) => (typeof path === 'string' && path !== '' ? words.replaceAll(path, basename(path)) : words),
    error.message,
  );
}

function defaultHint(stage: StageName | null): string {
  return stage ? `Read the log of stage ${stage}, then retry the build.` : 'Fix the cause, then retry the build.';
}

/** Whether a build is left with this error, to be taken up again: it is nobody's failure. */
export function shouldResume(error: unknown): boolean {
  return error instanceof Suspended || error instanceof FencedError || engineIsAway(error);
}

/** The container engine does not answer: nobody's build is at fault, so builds wait for it. */
export function engineIsAway(error: unknown): boolean {
  return error instanceof LdfError && error.code === 'docker.unavailable' && error.subcode === undefined;
}

/** For `catch`: nothing, while the container engine does not answer. @throws the error, when it is another one. */
export function undefinedIfAway(error: unknown): undefined {
  if (error instanceof LdfError && error.code === 'docker.unavailable') return undefined;
  throw error;
}
