import type { Fix, RetryAdvice } from './fix.ts';
import { concealedText, isSecretKey } from './secrets.ts';

/**
 * Every error a user can meet has one code from this table, a sentence, and a hint that says what to do next.
 * The table also fixes the HTTP status (RFC 9457 problem documents) so that no route decides one by itself.
 */
export const errorTable = {
  'request.invalid': { status: 400, title: 'The request is not valid' },
  'definition.invalid': { status: 400, title: 'The definition is not valid' },
  'definition.impossible': { status: 422, title: 'The definition cannot be built' },
  'component.invalid': { status: 400, title: 'The component is not valid' },
  'lock.invalid': { status: 400, title: 'The lock is not valid' },
  'not-found': { status: 404, title: 'Not found' },
  'auth.required': { status: 401, title: 'Authentication is required' },
  'request.refused': { status: 403, title: 'The request was refused' },
  'method.not-allowed': { status: 405, title: 'The method is not allowed here' },
  'media-type.unsupported': { status: 415, title: 'The content type is not supported' },
  'artifact.removed': { status: 410, title: 'The artifact was removed' },
  'artifact.refused': { status: 422, title: 'The artifact is not what was built' },
  'state.conflict': { status: 409, title: 'Not possible in this state' },
  'revision.stale': { status: 412, title: 'It was changed by somebody else' },
  'name.taken': { status: 409, title: 'The name is taken' },
  'idempotency.mismatch': { status: 409, title: 'The idempotency key was used for another request' },
  'images.missing': { status: 409, title: 'A stage image is missing' },
  'images.mismatch': { status: 409, title: 'A stage image is not the locked one' },
  'images.build-failed': { status: 500, title: 'A stage image could not be built' },
  'images.pull-failed': { status: 502, title: 'A stage image could not be pulled' },
  'range.unsatisfiable': { status: 416, title: 'The range cannot be served' },
  'body.too-large': { status: 413, title: 'The body is too large' },
  'request.too-slow': { status: 408, title: 'The request took too long to arrive' },
  'headers.too-large': { status: 431, title: 'The headers are too large' },
  'expectation.failed': { status: 417, title: 'The expectation is not supported' },
  'server.busy': { status: 503, title: 'The server is busy' },
  'attempts.too-many': { status: 429, title: 'Too many attempts' },
  'request.too-costly': { status: 422, title: 'The request takes too much work' },
  'quota.reached': { status: 409, title: 'A limit of this installation is reached' },
  'queue.full': { status: 429, title: 'The queue is full' },
  'docker.unavailable': { status: 503, title: 'Docker does not answer' },
  'database.unavailable': { status: 503, title: 'The database does not answer' },
  'storage.full': { status: 507, title: 'There is no space left' },
  'stage.failed': { status: 422, title: 'A stage failed' },
  'stage.fault': { status: 500, title: 'A stage program crashed' },
  'stage.timeout': { status: 500, title: 'A stage passed its time limit' },
  'stage.silent': { status: 500, title: 'A stage was silent for too long' },
  'stage.out-of-memory': { status: 500, title: 'A stage ran out of memory' },
  'stage.killed': { status: 500, title: 'A stage was killed' },
  'stage.log-limit': { status: 500, title: 'A stage passed its log limit' },
  'stage.output-limit': { status: 500, title: 'A stage passed its output limit' },
  'stage.result-missing': { status: 500, title: 'A stage left no result' },
  'stage.result-invalid': { status: 500, title: 'A stage left a malformed result' },
  'stage.vanished': { status: 500, title: 'A stage container vanished' },
  'build.not-reproducible': { status: 422, title: 'The build did not give the same bytes again' },
  'build.cancelled': { status: 409, title: 'The build was cancelled' },
  'server.unreachable': { status: 503, title: 'The server does not answer' },
  usage: { status: 400, title: 'The command line is not valid' },
  internal: { status: 500, title: 'Internal error' },
} as const;

export type ErrorCode = keyof typeof errorTable;

/** One problem in what somebody sent: where (RFC 6901 JSON pointer), what stood there, and the way out. */
export interface ErrorDetail {
  pointer: string;
  message: string;
  /** The offending value, as JSON, shortened to something printable. */
  value?: string;
  hint?: string;
  /** Lines that show it. */
  evidence?: string[];
  /** Changes of the definition that solve it, the best first. */
  fixes?: Fix[];
}

export interface ErrorOptions {
  hint?: string;
  /** The first `maxDetails` of them are kept. */
  details?: ErrorDetail[];
  cause?: unknown;
  /** A finer code, as a stage program reports it (`kernel.option-not-held`); shown in place of the table's code. */
  subcode?: string;
  /** Whether another try may come out otherwise. */
  retry?: RetryAdvice | undefined;
}

/** The one error class of LDF: `message` is a sentence for the user, `hint` the next step. */
export class LdfError extends Error {
  override readonly name = 'LdfError';
  readonly code: ErrorCode;
  readonly subcode: string | undefined;
  readonly hint: string | undefined;
  readonly details: ErrorDetail[];
  readonly retry: RetryAdvice | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.subcode = options.subcode;
    this.hint = options.hint;
    this.retry = options.retry;
    this.details = (options.details ?? []).slice(0, maxDetails);
  }
}

/** How many problems an error names; of more than these it tells only how many there are. */
export const maxDetails = 100;

/** Counts problems for a sentence: `has a problem`, `has 3 problems`, `has 4000 problems; the first 100 are listed, and there are 3900 more`. */
export function countedProblems(count: number): string {
  if (count === 1) return 'a problem';
  if (count <= maxDetails) return `${count} problems`;
  return `${count} problems; the first ${maxDetails} are listed, and there are ${count - maxDetails} more`;
}

/** Shows a value from outside in an error: JSON, at most `limit` characters, without what is secret in it. */
export function printable(value: unknown, limit = 120): string {
  const text = jsonUpTo(value, limit);
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

/** JSON that stops soon after `limit` characters, however large the value is. */
function jsonUpTo(value: unknown, limit: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, limit + 1));
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? String(value);
  let text = '';
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && text.length <= limit; index++)
      text += `${index === 0 ? '' : ','}${jsonUpTo(value[index] ?? null, limit)}`;
    return `[${text}]`;
  }
  for (const key in value) {
    if (text.length > limit) break;
    const part: unknown = Reflect.get(value, key);
    if (part === undefined) continue;
    text += `${text === '' ? '' : ','}${jsonUpTo(key, limit)}:${isSecretKey(key) ? concealedText : jsonUpTo(part, limit)}`;
  }
  return `{${text}}`;
}

/** RFC 6901: `~` and `/` inside a key are written `~0` and `~1`. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The keys of such a pointer: `jsonPointer` backwards. */
export function pointerKeys(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}
