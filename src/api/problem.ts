/** Errors as RFC 9457 problem documents: one place turns whatever was thrown into an answer. */
import { randomUUID } from 'node:crypto';
import type { OpenAPIHonoOptions } from '@hono/zod-openapi';
import type { Context, Env, ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { countIssues, explainIssues } from '../definition/parse.ts';
import { diskFull, isDiskFull } from '../disk-full.ts';
import { countedProblems, errorTable, LdfError } from '../errors.ts';
import type { Problem } from '../model/problem.ts';

export const problemType = 'application/problem+json';

/** The document for an error; what caused it stays in the log. */
export function problemOf(error: LdfError): Problem & { status: ContentfulStatusCode } {
  const { status, title } = errorTable[error.code];
  return {
    type: `urn:ldf:error:${error.code}`,
    title,
    status,
    code: error.subcode ?? error.code,
    detail: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.details.length === 0 ? {} : { errors: error.details }),
  };
}

/** Answers with a problem document. */
export function problemResponse(c: Context, error: LdfError, headers: Record<string, string> = {}): Response {
  const problem = problemOf(error);
  // RFC 9110, 15.5.2: a 401 names how one becomes known.
  if (error.code === 'auth.required') c.header('WWW-Authenticate', 'Bearer realm="ldf"');
  return c.body(JSON.stringify(problem), problem.status, { ...headers, 'Content-Type': problemType });
}

/** The application's one error handler: faults of ours are logged here, once, and answered without their insides. */
export function errorHandler(log: Logger): ErrorHandler {
  return (thrown, c) => problemResponse(c, presentable(thrown, log));
}

/** What may be shown of something thrown: LDF's own errors as they are, anything else as `internal` with a log reference. */
export function presentable(thrown: unknown, log: Logger): LdfError {
  if (thrown instanceof LdfError && thrown.code !== 'internal') {
    if (errorTable[thrown.code].status >= 500) log.warn({ err: thrown }, thrown.message);
    return thrown;
  }
  if (isDiskFull(thrown)) return presentable(diskFull('what this request writes', thrown), log);
  if (thrown instanceof HTTPException && thrown.status < 500)
    return new LdfError('request.invalid', thrown.message || 'The request is not valid.', { cause: thrown });
  const incident = randomUUID();
  log.error({ err: thrown, incident }, 'a request failed');
  return new LdfError('internal', 'LDF failed to answer this request.', {
    hint: `The server's log says more under ${incident}.`,
    cause: thrown,
  });
}

const parts: Readonly<Record<string, string>> = { query: 'The query', header: 'The headers' };

/** For values that a route's schemas refuse. A path that no id or name can have leads to nothing: 404. */
export const validationHook: NonNullable<OpenAPIHonoOptions<Env>['defaultHook']> = (result, c) => {
  if (result.success) return;
  if (result.target === 'param') throw notFound(c.req.path);
  const received = 'data' in result ? result.data : undefined;
  const details = explainIssues(result.error.issues, received);
  const count = countedProblems(countIssues(result.error.issues));
  throw new LdfError('request.invalid', `${parts[result.target] ?? 'The request'} has ${count}.`, { details });
};

/** For a path under which there is nothing. */
export function notFound(path: string): LdfError {
  return new LdfError('not-found', `There is nothing at ${path}.`, { hint: 'GET /openapi.json lists all paths.' });
}

/** For an id or name of something that does not exist (any more). */
export function noSuch(what: string, id: string): LdfError {
  return new LdfError('not-found', `There is no ${what} ${id}.`, { hint: 'It may have been deleted. Check the id.' });
}
