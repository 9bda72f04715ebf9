/** Garbage collection: room is made on the disk, or only said how it would be. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { GcReport, GcRequest } from '../../model/disk.ts';
import { jsonBody } from '../body.ts';
import { NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { requireScope, route } from '../route.ts';
import type { ApiServices } from '../services.ts';

const request = jsonBody({ name: 'GcRequest', schema: GcRequest, optional: true });

const gc = route({
  scope: ['gc:admin', 'system:read'],
  method: 'post',
  path: '/v1/gc',
  tags: ['system'],
  summary: 'Free disk space beyond the budget, least recently used first',
  description: 'What a queued or running build needs stays, and so does the newest build of a distribution.',
  request: { query: NoQuery, body: request.documented },
  responses: {
    200: { description: 'What was removed, and what stays.', content: { 'application/json': { schema: GcReport } } },
    ...problems('queue.full', 'docker.unavailable'),
  },
});

export function gcRoutes({ builds }: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openapi(gc, async (c) => {
    const wanted = await request.read(c);
    requireScope(c, wanted.dryRun ? 'system:read' : 'gc:admin');
    return c.json(await builds.collect(wanted), 200);
  });
  return app;
}
