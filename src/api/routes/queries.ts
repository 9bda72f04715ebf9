/** Queries: what a suite or a kernel has to choose from. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { Definition } from '../../definition/definition.ts';
import {
  KconfigAnswer,
  KconfigQuery,
  KernelConfigAnswer,
  KernelConfigRequest,
  PackageAnswer,
  PackageQuery,
} from '../../model/queries.ts';
import { documentBody, isYaml, jsonBody } from '../body.ts';
import { IdPath, NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { within } from '../pointers.ts';
import { noSuch } from '../problem.ts';
import { requireScope, route } from '../route.ts';
import type { ApiServices } from '../services.ts';
import { lockFor } from './distributions.ts';

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

const configRequest = documentBody('KernelConfigRequest', KernelConfigRequest.extend({ definition: Definition }));
const configContent = { 'application/json': { schema: KernelConfigAnswer } };

const kernelConfig = route({
  scope: 'queries:run',
  method: 'post',
  path: '/v1/queries/kernel-config',
  tags,
  summary: "Make the finished configuration of a definition's kernel, without compiling it",
  description: 'It takes a run of a stage, unless a build has made it already; what it makes, the next build takes.',
  request: { query: NoQuery, body: configRequest.documented },
  responses: {
    200: { description: 'The configuration.', content: configContent },
    ...problems('definition.invalid', 'definition.impossible', ...errorCodes),
  },
});

const kernelConfigOfBuild = route({
  scope: 'queries:run',
  method: 'get',
  path: '/v1/builds/{id}/kernel-config',
  tags,
  summary: 'Show the configuration of the kernel of a build',
  description: 'What is kept no longer is made again, which takes a run of a stage.',
  request: { params: IdPath, query: NoQuery },
  responses: {
    200: { description: 'The configuration.', content: configContent },
    ...problems('not-found', 'definition.impossible', ...errorCodes),
  },
});

export function queryRoutes({ builds, documents }: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openapi(packages, async (c) => c.json(await builds.queryPackages(await packageQuery.read(c)), 200));
  app.openapi(kconfig, async (c) => c.json(await builds.queryKconfig(await kconfigQuery.read(c)), 200));
  app.openapi(kernelConfig, async (c) => {
    const { definition, lock, arch } = await configRequest.read(c, documents);
    // What it names is fetched.
    if (lock) requireScope(c, 'distributions:lock-import');
    const answer = await within(isYaml(c) ? '' : '/definition', async () => {
      const parsed = await documents.definition({ ...definition, ...(arch === undefined ? {} : { arch }) });
      return builds.kernelConfig(parsed, lockFor(parsed.arch, lock));
    });
    return c.json(answer, 200);
  });
  app.openapi(kernelConfigOfBuild, async (c) => {
    requireScope(c, 'builds:read');
    const { id } = c.req.valid('param');
    const found = await builds.kernelConfigOf(id);
    if (!found) throw noSuch('build', id);
    return c.json(found, 200);
  });
  return app;
}
