/** Bodies that take too long to arrive. Node has one limit for all requests, and what is streamed needs a long one. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { apiBounds } from '../../config.ts';
import { LdfError } from '../../errors.ts';
import { streamedPaths } from '../body-limits.ts';

/** @param refuse answers a request whose time is over, and ends its connection */
export function limitBodyTime(
  server: Server,
  timeoutMs: number,
  refuse: (response: ServerResponse, error: LdfError) => void,
): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!hasBody(request) || streamedPaths.has(request.url?.split('?')[0] ?? '')) return;
    const timer = setTimeout(() => refuse(response, tooSlow(timeoutMs)), timeoutMs);
    const over = () => clearTimeout(timer);
    request.once('end', over);
    request.once('close', over);
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

export function tooSlow(timeoutMs: number = apiBounds.headersTimeoutMs): LdfError {
  return new LdfError('request.too-slow', `The request had not arrived after ${timeoutMs / 1000} s.`, {
    hint: 'Send it again over a faster connection.',
  });
}
