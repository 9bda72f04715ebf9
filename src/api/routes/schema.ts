/** JSON Schemas for editors: what a definition and a component file may hold. */
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { componentJsonSchema } from '../../catalog/json-schema.ts';
import { definitionJsonSchema } from '../../definition/json-schema.ts';
import { NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { route } from '../route.ts';

const schemaType = 'application/schema+json';

function schemaRoute<Path extends string>(path: Path, what: string) {
  return route({
    scope: 'public',
    method: 'get',
    path,
    tags: ['system'],
    summary: `JSON Schema of ${what}`,
    request: { query: NoQuery },
    responses: {
      200: {
        description: 'JSON Schema 2020-12.',
        content: { [schemaType]: { schema: z.record(z.string(), z.unknown()) } },
      },
      ...problems(),
    },
  });
}

export function schemaRoutes(): OpenAPIHono {
  const app = new OpenAPIHono();
  const headers = { 'Content-Type': schemaType };
  app.openapi(schemaRoute('/v1/schema/definition', 'a definition'), (c) =>
    c.json(definitionJsonSchema(), 200, headers),
  );
  app.openapi(schemaRoute('/v1/schema/component', 'a component file'), (c) =>
    c.json(componentJsonSchema(), 200, headers),
  );
  return app;
}
