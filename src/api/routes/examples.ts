/** Definitions to begin with: the files in examples/, as they are. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { readExamples } from '../../examples.ts';
import { ExampleList } from '../../model/example.ts';
import { NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { route } from '../route.ts';

const list = route({
  scope: 'public',
  method: 'get',
  path: '/v1/examples',
  tags: ['distributions'],
  summary: 'List example definitions',
  request: { query: NoQuery },
  responses: {
    200: { description: 'All of them.', content: { 'application/json': { schema: ExampleList } } },
    ...problems(),
  },
});

export function exampleRoutes(folder: string): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openapi(list, async (c) => c.json({ items: await readExamples(folder) }, 200));
  return app;
}
