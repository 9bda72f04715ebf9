/** The serial console of an artifact that is booted by hand, over a WebSocket (RFC 6455). */
import type { Duplex } from 'node:stream';
import { upgradeWebSocket, type WebSocketLike } from '@hono/node-server';
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { WSContext, WSEvents, WSMessageReceive } from 'hono/ws';
import { WebSocket } from 'ws';
import { LdfError } from '../../errors.ts';
import { requireOwnOrigin } from '../guard.ts';
import { IdPath, NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { noSuch, presentable, problemOf } from '../problem.ts';
import type { ApiServices } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/artifacts/{id}/console',
  tags: ['artifacts'],
  summary: 'Boot an image and talk with its serial console',
  description:
    'A WebSocket. Binary messages are the bytes of the console, in both directions. When the machine cannot be started, ' +
    'one text message holds the problem document and the connection is closed with code 1011. The machine is switched off ' +
    'when the connection ends, and the connection ends with the machine. Nothing the machine writes to its disk is kept.',
  request: { params: IdPath, query: NoQuery },
  responses: { 101: { description: 'The console.' }, ...problems('not-found') },
});

export function consoleRoutes(services: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerPath(route);
  app.get('/v1/artifacts/:id/console', needsWebSocket, requireOwnOrigin, async (c, next) => {
    const id = c.req.param('id');
    if (!(await services.store.getArtifact(id))) throw noSuch('artifact', id);
    return upgradeWebSocket(() => talk(services, id))(c, next);
  });
  return app;
}

const needsWebSocket: MiddlewareHandler = async (c, next) => {
  if (Object.keys(c.req.query()).length > 0 || c.req.header('upgrade')?.toLowerCase() !== 'websocket')
    throw new LdfError('request.invalid', 'A console is talked with over a WebSocket, and takes no query.', {
      hint: 'Open it from the page of the build, or with a WebSocket client.',
    });
  await next();
};

/** The machine is started once somebody is there to end it; what is typed before it runs waits for it. */
function talk({ builds, log }: ApiServices, artifactId: string): WSEvents<WebSocketLike> {
  let machine: Promise<Duplex> | undefined;
  const withMachine = (use: (console: Duplex) => unknown) => void machine?.then(use, () => undefined);
  return {
    onOpen(_event, socket) {
      machine = builds.console(artifactId);
      machine.then(
        (console) => bring(console, socket),
        (error: unknown) => {
          socket.send(JSON.stringify(problemOf(presentable(error, log))));
          socket.close(1011, 'the machine could not be started');
        },
      );
    },
    onMessage({ data }) {
      withMachine((console) => console.write(typed(data)));
    },
    onClose() {
      withMachine((console) => console.destroy());
    },
  };
}

function typed(data: WSMessageReceive): Buffer {
  if (data instanceof Blob) throw new Error('a blob, which browsers give only when they are asked for it');
  return typeof data === 'string' ? Buffer.from(data) : Buffer.from(new Uint8Array(data));
}

/** Not faster than the browser takes it. */
async function bring(console: Duplex, socket: WSContext<WebSocketLike>): Promise<void> {
  try {
    for await (const bytes of console) await send(socket, bytes);
    socket.close(1000, 'the machine has ended');
  } catch {
    // The log has the cause: who opened the machine listens to its errors.
    socket.close(1000, 'the console broke off');
  }
}

function send({ raw }: WSContext<WebSocketLike>, bytes: Buffer): Promise<void> {
  if (!(raw instanceof WebSocket)) throw new Error('the server has WebSockets of another kind');
  return new Promise((resolve, reject) => raw.send(bytes, (error) => (error ? reject(error) : resolve())));
}
