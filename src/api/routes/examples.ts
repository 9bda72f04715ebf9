/** Definitions to begin with: the files in examples/, as they are. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OpenAPIHono } from '@hono/zod-openapi';
import { ExampleList, type ExampleShape } from '../../shapes/requests.ts';
import { NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { route } from '../route.ts';

const list = route({
  scope: 'public',
  method: 'get',
  path: '/v1/examples',
  tags: ['distributions'],
  summary: 'List definitions to begin with',
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

async function readExamples(folder: string): Promise<ExampleShape[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file) => {
      const yaml = await readFile(join(folder, file), 'utf8');
      return { name: basename(file, '.yaml'), summary: summaryOf(yaml), yaml };
    }),
  );
}

/** The comment at the head of an example, without the line that is for editors. */
function summaryOf(yaml: string): string {
  const lines = yaml.split('\n');
  const head = lines.slice(
    0,
    Math.max(
      0,
      lines.findIndex((line) => !line.startsWith('#')),
    ),
  );
  return head
    .filter((line) => !line.includes('$schema='))
    .map((line) => line.replace(/^#\s*/, ''))
    .join(' ');
}
