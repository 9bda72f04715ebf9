/** Answers on a bare socket: for what ends before there is an ordinary answer to a request. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { LdfError } from '../../errors.ts';
import { problemOf, problemType } from '../problem.ts';

/**
 * Writes a problem document as the last thing on the socket. What the client still sends is thrown away, and after
 * `lingerMs` the socket is destroyed, read or not.
 */
export function refuseOnSocket(socket: Duplex, error: LdfError, lingerMs: number): void {
  const problem = problemOf(error);
  const headers = { 'Content-Type': problemType, 'X-Content-Type-Options': 'nosniff' };
  answerOnSocket(socket, { status: problem.status, headers, body: JSON.stringify(problem) }, lingerMs);
}

/** The same for any answer whose body is a text. */
export function answerOnSocket(
  socket: Duplex,
  {
    status,
    headers,
    body,
  }: { status: number; headers: Iterable<[string, string]> | Record<string, string>; body: string },
  lingerMs: number,
): void {
  if (socket.destroyed) return;
  const all = new Headers(Symbol.iterator in headers ? [...headers] : headers);
  all.set('Content-Length', String(Buffer.byteLength(body)));
  all.set('Connection', 'close');
  const lines = [...all].map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  // Unread bytes would make the kernel reset the connection, and the answer would be lost with it.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}
