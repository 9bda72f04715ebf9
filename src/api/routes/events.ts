/** The journal of a build as server-sent events. */
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import type { JournalLine } from '../../engine/service.ts';
import { IdPath, Position } from '../input.ts';
import { journalPosition } from '../journal.ts';
import { problems } from '../openapi.ts';
import { presentable } from '../problem.ts';
import { route, untilSessionEnds } from '../route.ts';
import type { ApiServices } from '../services.ts';
import { encodeEvents, eventStream, eventStreamHeaders, type SentEvent } from '../sse.ts';
import { findBuild } from './builds.ts';

const events = route({
  scope: 'builds:read',
  method: 'get',
  path: '/v1/builds/{id}/events',
  tags: ['builds'],
  summary: 'Follow a build',
  description: [
    'Server-sent events `build`, `stage`, `progress`, `log` and `end`; the data of each is a JournalEntry, its id a',
    'position in the journal. A connection that is resumed with Last-Event-ID gets every later event exactly once.',
    'The stream closes after `end`, which comes when the build has ended. Comment lines keep it alive.',
  ].join(' '),
  request: {
    params: IdPath,
    query: z.strictObject({ after: Position.default(0) }),
    headers: z.object({
      'Last-Event-ID': Position.optional().describe('The last id seen; goes before `after`.'),
    }),
  },
  responses: {
    200: { description: 'The events.', content: { 'text/event-stream': { schema: z.string() } } },
    ...problems('not-found'),
  },
});

export function eventRoutes(services: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openapi(events, async (c) => {
    const { id } = await findBuild(services, c.req.valid('param').id);
    // Checked here, where there still is a status to refuse with.
    const asked = c.req.valid('header')['Last-Event-ID'] ?? c.req.valid('query').after;
    const after = await journalPosition(services, id, asked);
    const stop = new AbortController();
    const signal = untilSessionEnds(c, stop.signal, services.stopping);
    const stream = eventStream(eventsOf(services, id, after, signal), {
      stop,
      onError: (error) => presentable(error, services.log),
    });
    return c.body(stream, 200, eventStreamHeaders);
  });
  return app;
}

/**
 * Every entry after `after`, then those to come. A build that was retried has an `end` in the middle of its journal:
 * each is held back until nothing follows it, so that `end` always is the last event.
 */
async function* eventsOf(
  services: ApiServices,
  id: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let end: SentEvent | undefined;
  for await (const batch of services.builds.follow(id, after, signal)) {
    const events = encoded(batch);
    if (events.length > 0) yield events;
    const last = batch.at(-1);
    if (last) end = last.type === 'end' ? sent(last) : undefined;
  }
  end ??= signal.aborted ? undefined : await endSeenBefore(services, id, after);
  if (end) yield encodeEvents([end]);
}

/** Followers of one build get the same batches: each is encoded for the first of them. */
const encodings = new WeakMap<readonly JournalLine[], Uint8Array>();

function encoded(batch: readonly JournalLine[]): Uint8Array {
  const known = encodings.get(batch);
  if (known) return known;
  const events = encodeEvents(batch.filter(({ type }) => type !== 'end').map(sent));
  encodings.set(batch, events);
  return events;
}

/** For who resumes after the end: an EventSource that heard nothing would connect again and again. */
async function endSeenBefore({ builds }: ApiServices, id: string, position: number): Promise<SentEvent | undefined> {
  const build = await builds.get(id);
  if (!build || build.state === 'queued' || build.state === 'running') return undefined;
  const at = build.endedAt ?? build.createdAt;
  return { event: 'end', id: position, data: JSON.stringify({ type: 'end', at, state: build.state }) };
}

function sent({ id, type, json }: JournalLine): SentEvent {
  return { event: type, id, data: json };
}
