/** Distributions: definitions with their locks. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as z from 'zod';
import { type Architecture, Definition } from '../../definition/definition.ts';
import { parseDefinition, readYaml } from '../../definition/parse.ts';
import { chosenNames } from '../../plan/components.ts';
import { DistributionSummary } from '../../shapes/requests.ts';
import { DistributionInput, DistributionShape, page, sideFormats } from '../../shapes/shapes.ts';
import type { Lock } from '../../stages/lock.ts';
import type { DistributionRecord } from '../../store/store.ts';
import { isYaml, jsonBody } from '../body.ts';
import { IdPath, NoQuery, PageQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { within } from '../pointers.ts';
import { noSuch } from '../problem.ts';
import { hasScope, requireScope, route } from '../route.ts';
import type { ApiServices } from '../services.ts';

const tags = ['distributions'];

export const definitionParts = { definition: 'definition.invalid', lock: 'lock.invalid' } as const;

/** JSON with the definition under `definition`, or the bare definition as YAML. */
const input = jsonBody({
  name: 'DistributionInput',
  schema: DistributionInput,
  documentedAs: DistributionInput.extend({ definition: Definition }),
  partCodes: definitionParts,
  yaml: (text) => ({ definition: readYaml(text) }),
});

const list = route({
  scope: 'distributions:read',
  method: 'get',
  path: '/v1/distributions',
  tags,
  summary: 'List distributions, newest first',
  request: { query: PageQuery.extend({ name: z.string().max(63).optional().describe('Only the one of this name.') }) },
  responses: {
    200: { description: 'A page.', content: { 'application/json': { schema: page(DistributionSummary) } } },
    ...problems(),
  },
});

const create = route({
  scope: 'distributions:write',
  method: 'post',
  path: '/v1/distributions',
  tags,
  summary: 'Add a distribution',
  description: 'The definition is checked and planned first; one that cannot be built is refused.',
  request: { query: NoQuery, body: input.documented },
  responses: {
    201: {
      description: 'Added; Location names it.',
      content: { 'application/json': { schema: DistributionShape } },
    },
    ...problems('definition.invalid', 'definition.impossible', 'name.taken', 'media-type.unsupported'),
  },
});

const get = route({
  scope: 'distributions:read',
  method: 'get',
  path: '/v1/distributions/{id}',
  tags,
  summary: 'Show a distribution with its definition and locks',
  request: { params: IdPath, query: NoQuery },
  responses: {
    200: { description: 'The distribution.', content: { 'application/json': { schema: DistributionShape } } },
    ...problems('not-found'),
  },
});

const replace = route({
  scope: 'distributions:write',
  method: 'put',
  path: '/v1/distributions/{id}',
  tags,
  summary: 'Replace the definition of a distribution',
  description:
    'Without a lock in the body the stored locks stay; the next build resolves only what they do not answer.',
  request: { params: IdPath, query: NoQuery, body: input.documented },
  responses: {
    200: { description: 'Replaced.', content: { 'application/json': { schema: DistributionShape } } },
    ...problems('definition.invalid', 'definition.impossible', 'name.taken', 'not-found', 'media-type.unsupported'),
  },
});

const remove = route({
  scope: 'distributions:write',
  method: 'delete',
  path: '/v1/distributions/{id}',
  tags,
  summary: 'Remove a distribution; its builds stay, and running ones go on',
  request: { params: IdPath, query: NoQuery },
  responses: { 204: { description: 'Removed.' }, ...problems('not-found') },
});

export function distributionRoutes(services: ApiServices): OpenAPIHono {
  const { store } = services;
  const app = new OpenAPIHono();

  app.openapi(list, async (c) => {
    const { items, nextCursor } = await store.listDistributions(c.req.valid('query'));
    const last = await lastBuilds(services, items);
    return c.json({ items: items.map((record) => summary(record, last.get(record.id))), nextCursor }, 200);
  });

  app.openapi(create, async (c) => {
    const { record, lock } = await checkedInput(services, c);
    const distribution = await store.createDistribution(record);
    if (lock) await store.setLock(distribution.id, lock);
    const shape = await distributionShape(services, distribution, c);
    return c.json(shape, 201, { Location: `/v1/distributions/${distribution.id}` });
  });

  app.openapi(get, async (c) => {
    const distribution = await findDistribution(services, c.req.valid('param').id);
    return c.json(await distributionShape(services, distribution, c), 200);
  });

  app.openapi(replace, async (c) => {
    const { id } = await findDistribution(services, c.req.valid('param').id);
    const { record, lock } = await checkedInput(services, c);
    const distribution = await store.updateDistribution(id, record);
    if (lock) await store.setLock(id, lock);
    return c.json(await distributionShape(services, distribution, c), 200);
  });

  app.openapi(remove, async (c) => {
    const { id } = await findDistribution(services, c.req.valid('param').id);
    await store.deleteDistribution(id);
    services.builds.distributionRemoved();
    return c.body(null, 204);
  });

  return app;
}

/** @throws LdfError `not-found`. */
export async function findDistribution({ store }: ApiServices, id: string): Promise<DistributionRecord> {
  const record = await store.getDistribution(id);
  if (!record) throw noSuch('distribution', id);
  return record;
}

/** What the body asks to store: as written, once it has proved to be valid and possible. */
async function checkedInput({ builds }: ApiServices, c: Context) {
  const { definition: written, lock } = await input.read(c);
  if (lock) requireScope(c, 'distributions:lock-import');
  const definition = await within(isYaml(c) ? '' : '/definition', async () => {
    const parsed = parseDefinition(written);
    await builds.plan(parsed, { boot: true, lock: lockFor(parsed.arch, lock) });
    return parsed;
  });
  const { name, version, arch } = definition;
  return { record: { name, version, arch, definition: written }, lock };
}

/** A lock answers for its own architecture alone. */
export function lockFor(arch: Architecture, lock: Lock | undefined): Lock | undefined {
  return lock?.arch === arch ? lock : undefined;
}

async function distributionShape(
  services: ApiServices,
  record: DistributionRecord,
  c: Context,
): Promise<DistributionShape> {
  const [locks, last] = await Promise.all([services.store.getLocks(record.id), lastBuilds(services, [record])]);
  const definition = hasScope(c, 'secrets:read') ? record.definition : withoutPasswordHashes(record.definition);
  return { ...summary(record, last.get(record.id)), definition, locks };
}

/** For who may read a definition, but not its secrets. */
function withoutPasswordHashes(definition: Record<string, unknown>): Record<string, unknown> {
  const masked: unknown = JSON.parse(JSON.stringify(definition), (key, value: unknown) =>
    key === 'passwordHash' ? '(hidden)' : value,
  );
  return { ...definition, ...(typeof masked === 'object' ? masked : {}) };
}

/** The newest build of each, with the images it left. */
async function lastBuilds({ store }: ApiServices, records: readonly DistributionRecord[]) {
  const builds = await store.lastBuilds(records.map(({ id }) => id));
  const artifacts = await store.listArtifacts([...builds.values()].map(({ id }) => id));
  const images = (build: string) =>
    artifacts
      .filter(({ buildId, format }) => buildId === build && !sideFormats.includes(format))
      .map(({ format, sizeBytes }) => ({ format, sizeBytes }));
  return new Map(
    [...builds].map(([distribution, { createdAt, ...build }]) => [
      distribution,
      { ...build, createdAt: createdAt.toISOString(), images: images(build.id) },
    ]),
  );
}

function summary(
  record: DistributionRecord,
  lastBuild: DistributionSummary['lastBuild'] | undefined,
): DistributionSummary {
  const { id, name, version, arch, createdAt, updatedAt } = record;
  return {
    id,
    name,
    version,
    arch,
    components: componentsOf(record),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    lastBuild: lastBuild ?? null,
  };
}

/** None of a definition that an older version took and this one does not. */
function componentsOf({ definition }: DistributionRecord): DistributionSummary['components'] {
  const parsed = Definition.safeParse(definition);
  return parsed.success ? chosenNames(parsed.data) : [];
}
