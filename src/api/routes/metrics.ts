/** Figures for Prometheus, in its text format 0.0.4. */
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { route } from '../route.ts';
import type { ApiServices } from '../services.ts';

const exposition = 'text/plain; version=0.0.4; charset=utf-8';

const metrics = route({
  scope: 'metrics:read',
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

interface Metric {
  name: string;
  help: string;
  type: 'gauge' | 'summary';
  samples: Sample[];
}

interface Sample {
  /** After the name of the metric: `_sum` and `_count` of a summary. */
  suffix?: '_sum' | '_count';
  labels?: Readonly<Record<string, string>>;
  value: number;
}

export function metricsRoutes(services: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openapi(metrics, async (c) => c.text(render(await read(services)), 200, { 'Content-Type': exposition }));
  return app;
}

/** Most figures are of what the database holds: a restart loses none, several processes agree, a removed build is gone. */
async function read({ store, builds: service, version }: ApiServices): Promise<Metric[]> {
  const [builds, stages, failures, disk] = await Promise.all([
    store.countBuilds(),
    store.stageTotals(),
    store.failureTotals(),
    service.disk(),
  ]);
  const ran = stages.filter(({ state }) => state === 'succeeded' || state === 'failed');
  return [
    gauge('ldf_up', 'The API answers.', [{ labels: { version }, value: 1 }]),
    gauge(
      'ldf_builds',
      'Builds by state; those that wait are `queued`.',
      Object.entries(builds).map(([state, value]) => ({ labels: { state }, value })),
    ),
    gauge(
      'ldf_stage_runs',
      'Attempts at stages by state; the cache served those that are `cached`.',
      stages.map(({ stage, state, runs }) => ({ labels: { stage, state }, value: runs })),
    ),
    {
      name: 'ldf_stage_duration_seconds',
      help: 'How long attempts at stages took that ran to an end.',
      type: 'summary',
      samples: ran.flatMap(({ stage, state, runs, seconds }): Sample[] => [
        { suffix: '_sum', labels: { stage, state }, value: seconds },
        { suffix: '_count', labels: { stage, state }, value: runs },
      ]),
    },
    gauge(
      'ldf_stage_failures',
      'Attempts at stages that failed, by code.',
      failures.map(({ stage, code, runs }) => ({ labels: { stage, code }, value: runs })),
    ),
    gauge('ldf_disk_bytes', 'Bytes on disk, by what they are.', [
      { labels: { kind: 'layer' }, value: disk.layerBytes },
      { labels: { kind: 'source' }, value: disk.sourceBytes },
      { labels: { kind: 'cache' }, value: disk.cacheBytes ?? 0 },
      { labels: { kind: 'artifact' }, value: disk.artifactBytes },
    ]),
    gauge('ldf_free_bytes', 'Bytes free for artifacts.', [{ value: disk.freeBytes }]),
    gauge('ldf_process_resident_bytes', 'Memory of the API.', [{ value: process.memoryUsage.rss() }]),
  ];
}

function gauge(name: string, help: string, samples: Sample[]): Metric {
  return { name, help, type: 'gauge', samples };
}

function render(all: readonly Metric[]): string {
  return all
    .map(({ name, help, type, samples }) => {
      const lines = samples.map(({ suffix = '', labels, value }) => `${name}${suffix}${labelled(labels)} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');
}

/** JSON escapes backslashes, quotes and line ends in the way that the format asks for. */
function labelled(labels: Sample['labels'] = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}
