/** Distributions: definitions with their locks. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as z from 'zod';
import { type Architecture, Definition } from '../../definition/definition.ts';
import { Distribution, DistributionInput, DistributionSummary } from '../../model/distribution.ts';
import { page } from '../../model/page.ts';
import { chosenNames } from '../../plan/components.ts';
import type { Lock } from '../../stages/lock.ts';
import { type DistributionRecord, revisionOf } from '../../store/distributions.ts';
import { documentBody, isYaml } from '../body.ts';
import { gzipTag } from '../compress.ts';
import { componentsOf, lastBuilds, summariesOf, summary } from '../distribution-summaries.ts';
import { IdPath, NoQuery, PageQuery } from '../input.ts';
import { IfNoneMatch, unchanged } from '../list-tags.ts';
import { problems } from '../openapi.ts';
import { within } from '../pointers.ts';
import { noSuch } from '../problem.ts';
import { hasScope, requireScope, route } from '../route.ts';
import type { ApiServices } from '../services.ts';

const tags = ['distributions'];

const input = documentBody('DistributionInput', DistributionInput.extend({ definition: Definition }));

const IfMatch = z.object({
  'If-Match': z
    .string()
    .max(1_000)
    .regex(
      /^(\*|(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*)$/,
      'must be an ETag, with its quotes, or *',
    )
    .optional()
    .describe(
      'The ETag that was read: what was changed since is then not replaced, and the answer is 412. Without it, it is.',
    ),
});

const list = route({
  scope: 'distributions:read',
  method: 'get',
  path: '/v1/distributions',
  tags,
  summary: 'List distributions, newest first',
  request: {
    query: PageQuery.extend({ name: z.string().max(63).optional().describe('Only the one of this name.') }),
    headers: IfNoneMatch,
  },
  responses: {
    200: { description: 'A page.', content: { 'application/json': { schema: page(DistributionSummary) } } },
    ...unchanged,
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
      description: 'Added; Location names it. The ETag is its revision.',
      content: { 'application/json': { schema: Distribution } },
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
    200: {
      description: 'The distribution. The ETag is its revision.',
      content: { 'application/json': { schema: Distribution } },
    },
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
  request: { params: IdPath, query: NoQuery, headers: IfMatch, body: input.documented },
  responses: {
    200: { description: 'Replaced.', content: { 'application/json': { schema: Distribution } } },
    ...problems(
      'definition.invalid',
      'definition.impossible',
      'name.taken',
      'revision.stale',
      'not-found',
      'media-type.unsupported',
    ),
  },
});

const remove = route({
  scope: 'distributions:write',
  method: 'delete',
  path: '/v1/distributions/{id}',
  tags,
  summary: 'Remove a distribution; its builds stay, and running ones continue',
  request: { params: IdPath, query: NoQuery },
  responses: { 204: { description: 'Removed.' }, ...problems('not-found') },
});

export function distributionRoutes(services: ApiServices): OpenAPIHono {
  const { store } = services;
  const app = new OpenAPIHono();

  app.openapi(list, async (c) => {
    const { items, ...rest } = await store.listDistributions(c.req.valid('query'));
    return c.json({ items: await summariesOf(services, items), ...rest }, 200);
  });

  app.openapi(create, async (c) => {
    const { record, lock } = await checkedInput(services, c);
    const distribution = await store.createDistribution(record);
    if (lock) await store.setLock(distribution.id, lock);
    const described = await describeDistribution(services, distribution, c);
    return c.json(described, 201, { Location: `/v1/distributions/${distribution.id}`, ...etag(described) });
  });

  app.openapi(get, async (c) => {
    const distribution = await findDistribution(services, c.req.valid('param').id);
    const described = await describeDistribution(services, distribution, c);
    return c.json(described, 200, etag(described));
  });

  app.openapi(replace, async (c) => {
    const { id } = await findDistribution(services, c.req.valid('param').id);
    const { record, lock } = await checkedInput(services, c);
    const distribution = await store.updateDistribution(id, record, revisionsIn(c.req.valid('header')['If-Match']));
    if (lock) await store.setLock(id, lock);
    const described = await describeDistribution(services, distribution, c);
    return c.json(described, 200, etag(described));
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

/** RFC 9110, 8.8.3. It names the definition alone: that a build has ended since is no reason to refuse a change. */
function etag({ revision }: Pick<Distribution, 'revision'>): { ETag: string } {
  return { ETag: `"${revision}"` };
}

/** RFC 9110, 13.1.1: `*` is any, and a weak one matches nothing. undefined where any will do. */
function revisionsIn(header: string | undefined): string[] | undefined {
  if (header === undefined || header === '*') return undefined;
  return [...header.matchAll(/(W\/)?"([^"]*)"/g)].flatMap(([, weak, revision]) =>
    // A compressed answer has another ETag, and the same revision.
    weak === undefined && revision !== undefined ? [revision.replace(new RegExp(`${gzipTag}$`), '')] : [],
  );
}

/** What the body asks to store: as written, once it has proved to be valid and possible. */
async function checkedInput({ builds, documents }: ApiServices, c: Context) {
  const { definition: written, lock } = await input.read(c, documents);
  if (lock) requireScope(c, 'distributions:lock-import');
  const definition = await within(isYaml(c) ? '' : '/definition', async () => {
    const parsed = await documents.definition(written);
    await builds.plan(parsed, { boot: true, lock: lockFor(parsed.arch, lock) });
    return parsed;
  });
  const { name, version, arch } = definition;
  return { record: { name, version, arch, definition: written, components: chosenNames(definition) }, lock };
}

/** A lock answers for its own architecture alone. */
export function lockFor(arch: Architecture, lock: Lock | undefined): Lock | undefined {
  return lock?.arch === arch ? lock : undefined;
}

async function describeDistribution(
  services: ApiServices,
  record: DistributionRecord,
  c: Context,
): Promise<Distribution> {
  const { store } = services;
  const [locks, dates, last] = await Promise.all([
    store.getLocks(record.id),
    store.lockDates(record.id),
    lastBuilds(services, [record]),
  ]);
  const lockedAt = Object.fromEntries(Object.entries(dates).map(([arch, date]) => [arch, date.toISOString()]));
  const components = await componentsOf(services, record);
  const definition = hasScope(c, 'secrets:read') ? record.definition : withoutPasswordHashes(record.definition);
  return {
    ...summary(record, components, last.get(record.id)),
    definition,
    locks,
    lockedAt,
    revision: revisionOf(record),
  };
}

/** For who may read a definition, but not its secrets. */
function withoutPasswordHashes(definition: Record<string, unknown>): Record<string, unknown> {
  const masked: unknown = JSON.parse(JSON.stringify(definition), (key, value: unknown) =>
    key === 'passwordHash' ? '(hidden)' : value,
  );
  return { ...definition, ...(typeof masked === 'object' ? masked : {}) };
}
