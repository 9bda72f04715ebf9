/** What changes in all lists, as one stream of server-sent events. */
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import type { Scope } from '../../model/scopes.ts';
import { type ChangeTopic, changeTopics } from '../../store/changes.ts';
import { ChangeFeed } from '../change-feed.ts';
import { NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { presentable } from '../problem.ts';
import { hasScope, route, untilSessionEnds } from '../route.ts';
import type { ApiServices } from '../services.ts';
import { encodeEvents, eventStream, eventStreamHeaders } from '../sse.ts';

/** What one has to be allowed to hear of a change. */
const scopeOf: Readonly<Record<ChangeTopic, Scope>> = {
  build: 'builds:read',
  queue: 'builds:read',
  distribution: 'distributions:read',
  component: 'components:read',
  'stage-images': 'images:read',
};

const changes = route({
  scope: ['builds:read', 'distributions:read', 'components:read', 'images:read'],
  method: 'get',
  path: '/v1/events',
  tags: ['system'],
  summary: 'Follow what changes in the lists',
  description: [
    'Server-sent events; the data of each is a Change, the name of the event its `type`. The first is `reset`: read the lists',
    'then, and keep them up to date by what follows. With the Last-Event-ID of an earlier connection it is left out, unless',
    'too much was missed. What changed several times in a moment is told once, as it is then, whichever process on this',
    'data folder changed it. Told is what the scopes of the asker allow to read. Comment lines keep the stream alive.',
  ].join(' '),
  request: {
    query: NoQuery,
    headers: z.object({
      'Last-Event-ID': z
        .string()
        .regex(/^[0-9]{1,15}$/, 'must be an id that was read')
        .transform(Number)
        .optional()
        .describe('The last id seen.'),
    }),
  },
  responses: {
    200: { description: 'The events.', content: { 'text/event-stream': { schema: z.string() } } },
    ...problems('server.busy'),
  },
});

export function changeRoutes(services: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();
  const feed = new ChangeFeed(services);
  app.openapi(changes, async (c) => {
    const stop = new AbortController();
    const signal = untilSessionEnds(c, stop.signal, services.stopping);
    feed.join(signal);
    const heard = new Set(changeTopics.filter((topic) => hasScope(c, scopeOf[topic])));
    const batches = feed.follow(c.req.valid('header')['Last-Event-ID'], heard, signal);
    const stream = eventStream(encoded(batches), { stop, onError: (error) => presentable(error, services.log) });
    return c.body(stream, 200, eventStreamHeaders);
  });
  return app;
}

async function* encoded(batches: ReturnType<ChangeFeed['follow']>): AsyncGenerator<Uint8Array> {
  for await (const batch of batches)
    yield encodeEvents(batch.map(({ seq, change }) => ({ event: change.type, id: seq, data: JSON.stringify(change) })));
}
