/** The installation itself: what it runs on, what would keep builds from running, and whether it lives. */
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { LdfError } from '../../errors.ts';
import { SettingList, SystemStatus } from '../../model/system.ts';
import { named } from '../../settings.ts';
import { NoQuery } from '../input.ts';
import { IfNoneMatch, unchanged } from '../list-tags.ts';
import { problems } from '../openapi.ts';
import { hasScope, route } from '../route.ts';
import type { ApiServices } from '../services.ts';
import { describeSystem } from '../system.ts';

const system = route({
  scope: 'system:read',
  method: 'get',
  path: '/v1/system',
  tags: ['system'],
  summary: 'Describe the installation and what would keep builds from running',
  request: { query: NoQuery, headers: IfNoneMatch },
  responses: {
    200: { description: 'The installation.', content: { 'application/json': { schema: SystemStatus } } },
    ...unchanged,
    ...problems(),
  },
});

const settings = route({
  scope: 'system:read',
  method: 'get',
  path: '/v1/system/settings',
  tags: ['system'],
  summary: 'List the current settings, by their environment variables',
  request: { query: NoQuery },
  responses: {
    200: { description: 'All that the server reads.', content: { 'application/json': { schema: SettingList } } },
    ...problems(),
  },
});

const health = route({
  scope: 'public',
  method: 'get',
  path: '/healthz',
  tags: ['system'],
  summary: 'Tell whether the API and its database answer',
  request: { query: NoQuery },
  responses: {
    200: {
      description: 'They do.',
      content: {
        'application/json': { schema: z.strictObject({ status: z.literal('ok'), version: z.string().optional() }) },
      },
    },
    ...problems('database.unavailable'),
  },
});

/** Settings that hold paths and addresses: their values are for `system:admin`. */
const places: ReadonlySet<string> = new Set(
  [named.dataDir, named.databaseUrl, named.dockerHost, named.baseImage].map(({ name }) => name),
);

export function systemRoutes(services: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openapi(system, async (c) => c.json(await describeSystem(services), 200));
  app.openapi(settings, (c) => {
    const showsPlaces = hasScope(c, 'system:admin');
    const items = services.settings.map((setting) =>
      showsPlaces || !places.has(setting.name) ? setting : { ...setting, value: '' },
    );
    return c.json({ items }, 200);
  });
  app.openapi(health, async (c) => {
    await services.store.ping().catch((cause: unknown) => {
      throw new LdfError('database.unavailable', 'The database does not answer.', {
        hint: "The server's log says why; LDF_DATABASE_URL names the file.",
        cause,
      });
    });
    return c.json({ status: 'ok' as const, ...(c.get('principal') ? { version: services.version } : {}) }, 200);
  });
  return app;
}
