/** The API on Node's HTTP server, with the WebSockets of its consoles. */
import { createServer, Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import { apiBounds } from '../config.ts';

type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch'];

export interface HttpServer {
  server: Server;
  /** Cuts every WebSocket: the server's `close` waits for them, and `closeAllConnections` leaves them. */
  cutWebSockets(): void;
}

export function createHttpServer(fetch: Fetch): HttpServer {
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: apiBounds.maxTypedBytes });
  const server = createAdaptorServer({
    fetch,
    createServer,
    serverOptions: { requestTimeout: apiBounds.requestTimeoutMs },
    // @ts-expect-error The adapter is made for ws, but its types were not made with exactOptionalPropertyTypes.
    websocket: { server: webSockets },
  });
  if (!(server instanceof Server)) throw new Error('the adapter made another server than it was told to');
  return {
    server,
    cutWebSockets() {
      for (const socket of webSockets.clients) socket.terminate();
    },
  };
}
