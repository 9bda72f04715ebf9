/** Why something could not be had from one address, in words and in a code. */
import { setTimeout as delay } from 'node:timers/promises';
import { RefusedHost } from './reachable.ts';
import type { WebAnswer } from './web-client.ts';

export type FetchCode =
  | 'source.gone'
  | 'source.hash-mismatch'
  | 'source.refused'
  | 'source.too-large'
  | 'source.unreachable';

/** `again`: another attempt may help. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  constructor(
    readonly code: FetchCode,
    message: string,
    readonly again = false,
    /** The server asks for so long a wait. */
    readonly afterMs = 0,
  ) {
    super(message);
  }
}

/** What may be over at another try. */
export const mayPass: ReadonlySet<FetchCode> = new Set<FetchCode>(['source.unreachable', 'source.hash-mismatch']);

export interface Retries {
  attempts: number;
  /** Wait before the second attempt; it doubles with each further one, and varies by half so that files do not ask in step. */
  backOffMs: number;
  /** Longest wait that a server may ask for. */
  maxWaitMs: number;
  log: (line: string) => void;
}

/** Tries again what another attempt may help. @throws FetchError of the last attempt, and at once every other error */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  { attempts, backOffMs, maxWaitMs, log }: Retries,
): Promise<Result> {
  for (let number = 1; ; number++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof FetchError) || !error.again || number >= attempts) throw error;
      log(`${error.message} Trying again.`);
      const waitMs = backOffMs * 2 ** (number - 1) * (1 + Math.random() / 2);
      await delay(Math.min(Math.max(waitMs, error.afterMs), maxWaitMs));
    }
  }
}

/** What an answer says that brings no file; its body is given up. */
export function refusal(url: string, { status, body, header }: WebAnswer): FetchError {
  // What an error's body says is of no use here, and may have no end.
  discard(body);
  if (status === 404 || status === 410)
    return new FetchError('source.gone', `${url} is not there any more (HTTP ${status}).`);
  const again = status >= 500 || status === 408 || status === 429 || status === 416 || status === 206;
  const afterMs = Number(header('retry-after') ?? 0) * 1000;
  const message = `${url} answered HTTP ${status}.`;
  return new FetchError('source.unreachable', message, again, Number.isFinite(afterMs) ? afterMs : 0);
}

/** Reads no more of a body. */
export function discard(body: WebAnswer['body']): void {
  body.on('error', () => undefined);
  body.destroy();
}

export function unreachable(url: string, how: string): FetchError {
  return new FetchError('source.unreachable', `${url} ${how}.`, true);
}

/**
 * What went wrong on the way; problems of the disk stay as they are.
 * @param stopped aborted with the reason when the transfer was broken off here
 */
export function problemOf(url: string, error: unknown, stopped: AbortSignal): unknown {
  if (error instanceof FetchError || isStorageError(error)) return error;
  const reason = causeOf(stopped.aborted ? stopped.reason : error);
  if (reason instanceof FetchError) return reason;
  if (reason instanceof RefusedHost)
    return new FetchError('source.refused', `${url} may not be fetched: ${reason.message}.`);
  const said = reason instanceof Error ? reason.message || reason.name : String(reason);
  return unreachable(url, `could not be fetched: ${said}`);
}

/** A refused host may be wrapped up: in the error of several attempts to connect, or as another's cause. */
function causeOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0]);
  return error instanceof Error && error.cause instanceof Error ? causeOf(error.cause) : error;
}

/** No space, or no permission, is not the network's fault, and no other attempt will fix it. */
function isStorageError(error: unknown): boolean {
  const codes = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'];
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
