/** Queries: what a suite or a kernel has to choose from. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { KconfigAnswer, KconfigQuery, PackageAnswer, PackageQuery } from '../../model/queries.ts';
import { jsonBody } from '../body.ts';
import { NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { route } from '../route.ts';
import type { ApiServices } from '../services.ts';

const tags = ['queries'];
const description =
  'The first answer takes a run of a stage image, and so its time; it is kept, and later ones are quick.';
const errorCodes = ['images.missing', 'images.mismatch', 'queue.full', 'docker.unavailable', 'stage.failed'] as const;

const packageQuery = jsonBody({ name: 'PackageQuery', schema: PackageQuery });
const kconfigQuery = jsonBody({ name: 'KconfigQuery', schema: KconfigQuery });

const packages = route({
  scope: 'queries:run',
  method: 'post',
  path: '/v1/queries/packages',
  tags,
  summary: 'Search the packages of a suite',
  description,
  request: { query: NoQuery, body: packageQuery.documented },
  responses: {
    200: { description: 'The best hits.', content: { 'application/json': { schema: PackageAnswer } } },
    ...problems(...errorCodes),
  },
});

const kconfig = route({
  scope: 'queries:run',
  method: 'post',
  path: '/v1/queries/kconfig',
  tags,
  summary: 'Search the options of a kernel',
  description,
  request: { query: NoQuery, body: kconfigQuery.documented },
  responses: {
    200: { description: 'The best hits.', content: { 'application/json': { schema: KconfigAnswer } } },
    ...problems('definition.impossible', ...errorCodes),
  },
});

export function queryRoutes({ builds }: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openapi(packages, async (c) => c.json(await builds.queryPackages(await packageQuery.read(c)), 200));
  app.openapi(kconfig, async (c) => c.json(await builds.queryKconfig(await kconfigQuery.read(c)), 200));
  return app;
}
