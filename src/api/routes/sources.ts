/** The source store: files that people send, which definitions name by their sha256. */
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { apiBounds } from '../../config.ts';
import { Sha256 } from '../../definition/sha256.ts';
import { LdfError } from '../../errors.ts';
import { AddedSource, SourceName } from '../../model/source.ts';
import { problems } from '../openapi.ts';
import { route } from '../route.ts';
import type { ApiServices } from '../services.ts';

const type = 'application/octet-stream';

const add = route({
  scope: 'sources:write',
  method: 'post',
  path: '/v1/sources',
  tags: ['sources'],
  summary: 'Add a file to the source store',
  description: 'It is hashed while it arrives. A definition names it by its sha256, such as the archive of a kernel.',
  request: {
    query: z.strictObject({
      filename: SourceName.describe('A name to list it under.'),
      sha256: Sha256.optional().describe('What it should be: another file is refused.'),
    }),
    body: { required: true, content: { [type]: { schema: { type: 'string', format: 'binary' } } } },
  },
  responses: {
    201: { description: 'It is in the store.', content: { 'application/json': { schema: AddedSource } } },
    ...problems(
      'request.invalid',
      'media-type.unsupported',
      'body.too-large',
      'storage.full',
      'server.busy',
      'images.missing',
      'docker.unavailable',
    ),
  },
});

export function sourceRoutes({ builds }: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openapi(add, async (c) => {
    const { body } = c.req.raw;
    if (c.req.header('content-type') !== type || !body)
      throw new LdfError('media-type.unsupported', 'A file is expected here.', {
        hint: `Send it with Content-Type ${type}: curl -T linux.tar.xz -X POST -H 'Content-Type: ${type}' …`,
      });
    const { filename, sha256 } = c.req.valid('query');
    const added = await builds.addSource({ content: body, filename, sha256, mostBytes: apiBounds.maxSourceBytes });
    return c.json(added, 201);
  });
  return app;
}
