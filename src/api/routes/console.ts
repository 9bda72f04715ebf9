/** The serial console of an artifact that is booted by hand, over a WebSocket (RFC 6455). */
import { OpenAPIHono } from '@hono/zod-openapi';
import { apiBounds } from '../../config.ts';
import { LdfError } from '../../errors.ts';
import { ConsoleWish } from '../../model/console.ts';
import { joinConsole } from '../console-socket.ts';
import { requireOriginOfSession, requireOwnOrigin } from '../guard.ts';
import { IdPath } from '../input.ts';
import { problems } from '../openapi.ts';
import { noSuch, presentable } from '../problem.ts';
import { route } from '../route.ts';
import type { ApiServices } from '../services.ts';
import { webSocketOffer } from '../transport/upgrade.ts';

const consoleRoute = route({
  scope: 'console:open',
  method: 'get',
  path: '/v1/artifacts/{id}/console',
  tags: ['artifacts'],
  summary: 'Boot an image and talk with its serial console',
  description:
    'A WebSocket. Binary messages are the bytes of the console, in both directions. When the machine cannot be started, ' +
    'one text message holds the problem document and the connection is closed with code 1011. The machine is switched off ' +
    'when the connection ends, and the connection ends with the machine. Nothing the machine writes to its disk is kept. ' +
    'With `logIn=root` the guest logs root in on this console, if its init system can be told so.',
  request: { params: IdPath, query: ConsoleWish },
  responses: { 101: { description: 'The console.' }, ...problems('not-found') },
});

export function consoleRoutes(services: ApiServices): OpenAPIHono {
  const { builds, log, store } = services;
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerPath(consoleRoute);
  app.get('/v1/artifacts/:id/console', requireOwnOrigin, requireOriginOfSession, async (c) => {
    const id = c.req.param('id');
    const webSocket = webSocketOffer(c.env);
    const wish = ConsoleWish.safeParse(c.req.query());
    if (!webSocket || !wish.success) throw noWebSocket();
    if (!(await store.getArtifact(id))) throw noSuch('artifact', id);
    webSocket.accept((socket) =>
      joinConsole(socket, {
        open: () => builds.console(id, wish.data),
        presentable: (error) => presentable(error, log),
        bounds: apiBounds,
        ends: c.get('principal')?.ends?.(),
      }),
    );
    return c.body(null, 204);
  });
  return app;
}

function noWebSocket(): LdfError {
  return new LdfError(
    'request.invalid',
    'A console is a WebSocket, and its query may say `logIn=root` and nothing else.',
    {
      hint: 'Open it from the page of the build, or with a WebSocket client.',
    },
  );
}
