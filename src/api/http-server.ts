/** The API on Node's HTTP server, with the WebSockets of its consoles, and bounds for whoever connects. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Logger } from 'pino';
import { apiBounds } from '../config.ts';
import { LdfError } from '../errors.ts';
import { presentable, problemOf, problemType } from './problem.ts';
import { refuseOnSocket } from './transport/refusal.ts';
import { limitBodyTime, tooSlow } from './transport/slow-bodies.ts';
import { cutStalledWrites } from './transport/stalled-writes.ts';
import { handleUpgrades, type UpgradeFetch } from './transport/upgrade.ts';

type ListenerFetch = Parameters<typeof getRequestListener>[0];
type Fetch = ListenerFetch & UpgradeFetch;

export type TransportBounds = { readonly [Name in keyof typeof apiBounds]: number };

export interface HttpServer {
  server: Server;
  /** Cuts every WebSocket: the server's `close` waits for them, and `closeAllConnections` leaves them. */
  cutWebSockets(): void;
}

/** @param bounds what a test makes smaller */
export function createHttpServer(fetch: Fetch, log: Logger, bounds: Partial<TransportBounds> = {}): HttpServer {
  const limits: TransportBounds = { ...apiBounds, ...bounds };
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      requestTimeout: Math.max(limits.archiveTimeoutMs, limits.headersTimeoutMs),
      connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
      // A request without Host is refused by the application, with a problem document.
      requireHostHeader: false,
    },
    getRequestListener(fetch, { errorHandler: (error) => problemAnswer(presentable(malformedOr(error), log)) }),
  );
  server.maxConnections = limits.maxConnections;
  server.on('drop', (data) => log.warn({ remoteAddress: data?.remoteAddress }, 'too many connections: one was closed'));

  const answers = new WeakMap<Duplex, ServerResponse>();
  server.prependListener('request', (request, response) => void answers.set(request.socket, response));
  const refuse = (socket: Duplex, error: LdfError) => {
    // In the middle of an answer nothing else can be said.
    const answer = answers.get(socket);
    if (answer?.headersSent && !answer.writableFinished) return void socket.destroy();
    refuseOnSocket(socket, error, limits.refusalLingerMs);
  };
  limitBodyTime(server, limits.bodyTimeoutMs, (response, error) => {
    if (response.socket) refuse(response.socket, error);
  });
  server.on('clientError', (error, socket) => {
    if (!socket.writable) socket.destroy();
    else refuse(socket, clientError(error, limits));
  });
  server.on('checkExpectation', refuseExpectation);
  cutStalledWrites(server, limits.writeStallMs, (remoteAddress) =>
    log.info({ remoteAddress }, 'a client that does not read was disconnected'),
  );
  return { server, cutWebSockets: handleUpgrades(server, fetch, limits) };
}

function problemAnswer(error: LdfError): Response {
  const problem = problemOf(error);
  return new Response(JSON.stringify(problem), { status: problem.status, headers: { 'Content-Type': problemType } });
}

/** What the adapter cannot make a request of is the client's doing. */
function malformedOr(error: unknown): unknown {
  if (!(error instanceof RequestError)) return error;
  return new LdfError('request.invalid', `The request cannot be understood: ${error.message}.`);
}

/** What Node's parser and its clock find wrong with a connection; codes as in Node's _http_server.js and llhttp. */
function clientError(error: Error, { headersTimeoutMs }: TransportBounds): LdfError {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return tooSlow(headersTimeoutMs);
  if (code === 'HPE_HEADER_OVERFLOW')
    return new LdfError('headers.too-large', 'The headers are larger than 16 KiB.', { hint: 'Send fewer or shorter.' });
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return new LdfError('body.too-large', 'The chunk extensions of the body are too large.');
  return new LdfError('request.invalid', 'The request is not valid HTTP.');
}

function refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
  const problem = problemOf(
    new LdfError('expectation.failed', 'No expectation but 100-continue is understood here.', {
      hint: 'Leave the Expect header out.',
    }),
  );
  response.writeHead(problem.status, { 'Content-Type': problemType, Connection: 'close' });
  response.end(JSON.stringify(problem));
  request.resume();
}
