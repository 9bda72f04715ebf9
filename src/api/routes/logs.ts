/** Log lines of a build: page by page as JSON, or the whole log as text. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import * as z from 'zod';
import { apiBounds } from '../../config.ts';
import type { LogQuery } from '../../engine/service.ts';
import { type LogLine, LogPage } from '../../model/journal.ts';
import { IdPath, Position, StageQuery, wholeNumber } from '../input.ts';
import { journalPosition } from '../journal.ts';
import { problems } from '../openapi.ts';
import { presentable } from '../problem.ts';
import { route } from '../route.ts';
import type { ApiServices } from '../services.ts';
import { findBuild } from './builds.ts';

/** Of open type, since a stream has no type that the route's could be compared with. */
const lines: Record<string, { schema: z.ZodType }> = {
  'application/json': { schema: LogPage },
  'text/plain': { schema: z.string() },
};

const logs = route({
  scope: 'builds:read',
  method: 'get',
  path: '/v1/builds/{id}/logs',
  tags: ['builds'],
  summary: 'Read the log of a build',
  description: [
    'A page of lines as JSON; continue with `after` set to `next`. With `Accept: text/plain` all lines from `after` on,',
    'whatever `limit` says: as they are when `stage` is given, else each with its stage in front.',
  ].join(' '),
  request: {
    params: IdPath,
    query: z.strictObject({
      stage: StageQuery.optional(),
      attempt: wholeNumber({ min: 1, max: 1_000_000, describe: 'Only this attempt of a stage.' }).optional(),
      after: Position.default(0),
      limit: wholeNumber({ min: 1, max: apiBounds.maxLogLines, describe: 'How many lines at the most.' }).default(1000),
    }),
  },
  responses: {
    200: { description: 'Lines.', content: lines },
    ...problems('not-found'),
  },
});

export function logRoutes(services: ApiServices): OpenAPIHono {
  const { builds } = services;
  const app = new OpenAPIHono();
  app.openapi(logs, async (c) => {
    const { id } = await findBuild(services, c.req.valid('param').id);
    const asked = c.req.valid('query');
    const query = { ...asked, after: await journalPosition(services, id, asked.after) };
    const first = await readLines(builds, id, query);
    c.header('Vary', 'Accept');
    const type = accepts(c, {
      header: 'Accept',
      supports: ['application/json', 'text/plain'],
      default: 'application/json',
    });
    if (type === 'application/json') return c.json(first, 200);
    const text = wholeLog(services, id, query, first);
    return c.body(ReadableStream.from(text), 200, { 'Content-Type': 'text/plain; charset=utf-8' });
  });
  return app;
}

/**
 * Up to `limit` log lines, and up to the bound on a page's bytes; the journal's other entries are passed over. A page may have
 * no line and still continue: of a long journal a part is looked through at a time.
 */
async function readLines(builds: ApiServices['builds'], id: string, query: LogQuery): Promise<LogPage> {
  const items: LogLine[] = [];
  let next = query.after;
  let bytes = 0;
  while (items.length < query.limit && bytes < apiBounds.maxLogPageBytes) {
    const limits = { limit: query.limit - items.length, maxBytes: apiBounds.maxLogPageBytes - bytes };
    const read = await builds.read(id, { ...query, ...limits, after: next });
    for (const { id: position, entry } of read.entries) {
      if (entry.type !== 'log') continue;
      bytes += Buffer.byteLength(entry.text);
      items.push({ id: position, ...entry });
    }
    if (read.next === next) break;
    next = read.next;
    if (next - query.after >= apiBounds.maxLogScanBytes) break;
  }
  return { items, next };
}

/** Asked for page by page as fast as the client takes it. */
async function* wholeLog(
  { builds, log }: ApiServices,
  id: string,
  query: LogQuery,
  first: LogPage,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const prefix = (line: LogLine) => (query.stage ? '' : `${line.stage} | `);
  try {
    let page = first;
    for (let after = query.after; page.next !== after; ) {
      if (page.items.length > 0)
        yield encoder.encode(page.items.map((line) => `${prefix(line)}${line.text}\n`).join(''));
      after = page.next;
      page = await readLines(builds, id, { ...query, after, limit: apiBounds.maxLogLines });
    }
  } catch (error) {
    throw presentable(error, log);
  }
}
