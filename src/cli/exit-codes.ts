/**
 * What the process ends with. A CI job can tell from the code alone what to do next: 2 means "change what you asked
 * for", 1 means "it was tried and did not work", 4 means "nobody answered".
 */
import { type ErrorCode, LdfError } from '../errors.ts';
import type { BuildState } from '../model/build.ts';

export const exitCodes = { done: 0, failed: 1, refused: 2, cancelled: 3, unreachable: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The lines of `--help`. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  [exitCodes.done]: 'done',
  [exitCodes.failed]: 'the build failed, or what it needs is missing or broken (Docker, stage images, disk space)',
  [exitCodes.refused]: "wrong usage or a wrong definition: retrying won't help",
  [exitCodes.cancelled]: 'cancelled',
  [exitCodes.unreachable]: 'the server does not answer',
};

const { failed, refused, cancelled, unreachable } = exitCodes;

const codeOfError: Readonly<Record<ErrorCode, ExitCode>> = {
  'request.invalid': refused,
  'definition.invalid': refused,
  'definition.impossible': refused,
  'component.invalid': refused,
  'lock.invalid': refused,
  'not-found': refused,
  'auth.required': refused,
  'request.refused': refused,
  'method.not-allowed': refused,
  'media-type.unsupported': refused,
  'artifact.removed': refused,
  'state.conflict': refused,
  'name.taken': refused,
  'revision.stale': refused,
  'idempotency.mismatch': refused,
  'body.too-large': refused,
  'headers.too-large': refused,
  'expectation.failed': refused,
  'request.too-costly': refused,
  'quota.reached': refused,
  usage: refused,
  'images.missing': failed,
  'images.mismatch': failed,
  'images.build-failed': failed,
  'images.pull-failed': failed,
  'range.unsatisfiable': failed,
  'request.too-slow': failed,
  'attempts.too-many': failed,
  'server.busy': failed,
  'queue.full': failed,
  'docker.unavailable': failed,
  'database.unavailable': failed,
  'storage.full': failed,
  'stage.failed': failed,
  'stage.fault': failed,
  'stage.timeout': failed,
  'stage.silent': failed,
  'stage.out-of-memory': failed,
  'stage.killed': failed,
  'stage.log-limit': failed,
  'stage.output-limit': failed,
  'stage.result-missing': failed,
  'stage.result-invalid': failed,
  'stage.vanished': failed,
  'build.not-reproducible': failed,
  'artifact.refused': failed,
  internal: failed,
  'build.cancelled': cancelled,
  'server.unreachable': unreachable,
};

/** For anything that was thrown; what is no LdfError is a fault of ours. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof LdfError ? codeOfError[error.code] : failed;
}

/** For a build that was waited for; one that has not ended was only started, which is all that was asked. */
export function exitCodeOfBuild(state: BuildState): ExitCode {
  if (state === 'failed') return failed;
  return state === 'cancelled' ? cancelled : exitCodes.done;
}
