/** Figures for Prometheus, in its text format 0.0.4. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import type { ApiServices } from '../services.ts';
import { countOpenBuilds } from '../system.ts';

const exposition = 'text/plain; version=0.0.4; charset=utf-8';

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['system'],
  summary: 'Figures for Prometheus',
  request: { query: NoQuery },
  responses: {
    200: { description: 'Text format 0.0.4.', content: { 'text/plain': { schema: z.string() } } },
    ...problems(),
  },
});

interface Gauge {
  name: string;
  help: string;
  samples: { labels?: string; value: number }[];
}

export function metricsRoutes(services: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openapi(metrics, async (c) => c.text(render(await gauges(services)), 200, { 'Content-Type': exposition }));
  return app;
}

async function gauges(services: ApiServices): Promise<Gauge[]> {
  const [{ queued, running }, disk] = await Promise.all([countOpenBuilds(services), services.builds.disk()]);
  return [
    { name: 'ldf_up', help: 'The API answers.', samples: [{ labels: `version="${services.version}"`, value: 1 }] },
    {
      name: 'ldf_builds',
      help: 'Builds that have not ended, by state.',
      samples: [
        { labels: 'state="queued"', value: queued },
        { labels: 'state="running"', value: running },
      ],
    },
    {
      name: 'ldf_disk_bytes',
      help: 'Bytes on disk, by what they are.',
      samples: [
        { labels: 'kind="layer"', value: disk.layerBytes },
        { labels: 'kind="source"', value: disk.sourceBytes },
        { labels: 'kind="cache"', value: disk.cacheBytes ?? 0 },
        { labels: 'kind="artifact"', value: disk.artifactBytes },
      ],
    },
    { name: 'ldf_free_bytes', help: 'Bytes free for artifacts.', samples: [{ value: disk.freeBytes }] },
    { name: 'ldf_process_resident_bytes', help: 'Memory of the API.', samples: [{ value: process.memoryUsage.rss() }] },
  ];
}

function render(all: readonly Gauge[]): string {
  return all
    .map(({ name, help, samples }) => {
      const lines = samples.map(({ labels, value }) => `${name}${labels ? `{${labels}}` : ''} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
    })
    .join('');
}
