/**
 * Requests with an Upgrade header. Node hands their sockets over and from then on keeps no time for them, so each is
 * either answered here, given back to ordinary handling, or made a WebSocket; there is no fourth way.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { LdfError } from '../../errors.ts';
import { answerOnSocket, refuseOnSocket } from './refusal.ts';

/** Where WebSockets are: the consoles of artifacts. */
const webSocketPath = /^\/v1\/artifacts\/[^/?]+\/console(\?|$)/;

/** What a handler finds in its environment when the request can become a WebSocket. */
export class WebSocketOffer {
  use: ((socket: WebSocket) => void) | undefined;

  /** Completes the handshake once the handler has returned; its answer is then not sent. */
  accept(use: (socket: WebSocket) => void): void {
    this.use = use;
  }
}

/** The offer in a handler's environment; undefined for an ordinary request. */
export function webSocketOffer(environment: unknown): WebSocketOffer | undefined {
  if (typeof environment !== 'object' || environment === null || !('webSocket' in environment)) return undefined;
  return environment.webSocket instanceof WebSocketOffer ? environment.webSocket : undefined;
}

export type UpgradeFetch = (
  request: Request,
  environment: { webSocket: WebSocketOffer },
) => Response | Promise<Response>;

export interface UpgradeBounds {
  maxTypedBytes: number;
  handshakeTimeoutMs: number;
  refusalLingerMs: number;
}

/**
 * Installs the one listener of the server's upgrades.
 * @returns a function that destroys every socket that was handed over: the server's `close` waits for them
 */
export function handleUpgrades(server: Server, fetch: UpgradeFetch, bounds: UpgradeBounds): () => void {
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: bounds.maxTypedBytes });
  const held = new Set<Duplex>();

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return giveBack(server, request, socket, head);
    held.add(socket);
    socket.once('close', () => held.delete(socket));
    // A client that goes is no error of ours; `close` follows.
    socket.on('error', () => undefined);
    if (request.method !== 'GET' || !webSocketPath.test(request.url ?? ''))
      return refuseOnSocket(socket, notHere(), bounds.refusalLingerMs);
    const timer = setTimeout(() => socket.destroy(), bounds.handshakeTimeoutMs);
    shakeHands(request, socket, head)
      .catch(() => socket.destroy())
      .finally(() => clearTimeout(timer));
  });

  async function shakeHands(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const asked = plainRequest(request);
    if (!asked) return refuseOnSocket(socket, malformed(), bounds.refusalLingerMs);
    const webSocket = new WebSocketOffer();
    const response = await fetch(asked, { webSocket });
    if (socket.destroyed) return;
    if (webSocket.use) return webSockets.handleUpgrade(request, socket, head, webSocket.use);
    const body = await response.text();
    answerOnSocket(
      socket,
      { status: response.status, headers: response.headers.entries(), body },
      bounds.refusalLingerMs,
    );
  }

  return () => {
    for (const socket of held) socket.destroy();
  };
}

/**
 * RFC 9110, 7.8: a server may ignore an Upgrade. Clients send one for HTTP/2 by default, and cannot know that nobody here
 * understands it. The request is put back on its socket without the header, and the socket given to the server anew:
 * method, body, time-outs and all that follows on the connection are then as with any other.
 */
function giveBack(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.unshift(Buffer.concat([headWithoutUpgrade(request), head]));
  server.emit('connection', socket);
}

function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [rawHeaders[index], rawHeaders[index + 1]];
    const kept = keptValue(name.toLowerCase(), value);
    if (kept !== '' || value === '') lines.push(`${name}: ${kept}`);
  }
  // Node reads heads as Latin-1.
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** Hop-by-hop: RFC 9110, 7.6.1, and RFC 7540, 3.2.1. Empty: the header goes. */
function keptValue(name: string, value: string): string {
  if (name === 'upgrade' || name === 'http2-settings') return '';
  if (name !== 'connection') return value;
  const tokens = value.split(',').map((token) => token.trim());
  return tokens.filter((token) => !['upgrade', 'http2-settings'].includes(token.toLowerCase())).join(', ');
}

/** The handshake as a GET that the application can judge; undefined when its target or headers make none. */
function plainRequest(request: IncomingMessage): Request | undefined {
  const url = `http://${request.headers.host ?? ''}${request.url}`;
  if (!URL.canParse(url)) return undefined;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    for (const one of [value ?? []].flat()) headers.append(name, one);
  return new Request(url, { headers });
}

function notHere(): LdfError {
  return new LdfError('request.refused', 'There is no WebSocket here.', {
    hint: 'GET /v1/artifacts/{id}/console is the only one; anything else is asked for without an Upgrade header.',
  });
}

function malformed(): LdfError {
  return new LdfError('request.invalid', 'The handshake has no valid Host header or target.');
}
