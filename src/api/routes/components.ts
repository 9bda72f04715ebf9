/** Components: the shipped ones, and those that users add. */
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { type Catalog, type CatalogEntry, componentId, type Unusable } from '../../catalog/catalog.ts';
import { Component, ComponentKind } from '../../catalog/component.ts';
import { parseOwnComponent } from '../../catalog/own-component.ts';
import { LdfError } from '../../errors.ts';
import { ListedComponent } from '../../model/component.ts';
import { documentBody } from '../body.ts';
import { ComponentPath, NoQuery } from '../input.ts';
import { IfNoneMatch, unchanged } from '../list-tags.ts';
import { problems } from '../openapi.ts';
import { noSuch } from '../problem.ts';
import { route } from '../route.ts';
import type { ApiServices } from '../services.ts';

const tags = ['components'];
const componentContent = { 'application/json': { schema: ListedComponent } };

const input = documentBody('ComponentInput', Component);

const list = route({
  scope: 'components:read',
  method: 'get',
  path: '/v1/components',
  tags,
  summary: 'List components',
  request: {
    query: z.strictObject({ kind: ComponentKind.optional().describe('Only those of this kind.') }),
    headers: IfNoneMatch,
  },
  responses: {
    200: {
      description: 'All of them.',
      content: { 'application/json': { schema: z.strictObject({ items: z.array(ListedComponent) }) } },
    },
    ...unchanged,
    ...problems(),
  },
});

const get = route({
  scope: 'components:read',
  method: 'get',
  path: '/v1/components/{kind}/{name}',
  tags,
  summary: 'Show a component',
  request: { params: ComponentPath, query: NoQuery },
  responses: {
    200: { description: 'The component.', content: componentContent },
    ...problems('not-found', 'state.conflict'),
  },
});

const create = route({
  scope: 'components:write',
  method: 'post',
  path: '/v1/components',
  tags,
  summary: 'Add a custom component',
  request: { query: NoQuery, body: input.documented },
  responses: {
    201: { description: 'Added; Location names it.', content: componentContent },
    ...problems('component.invalid', 'name.taken', 'quota.reached', 'media-type.unsupported'),
  },
});

const replace = route({
  scope: 'components:write',
  method: 'put',
  path: '/v1/components/{kind}/{name}',
  tags,
  summary: 'Replace a custom component',
  request: { params: ComponentPath, query: NoQuery, body: input.documented },
  responses: {
    200: { description: 'Replaced.', content: componentContent },
    ...problems('component.invalid', 'not-found', 'state.conflict', 'media-type.unsupported'),
  },
});

const remove = route({
  scope: 'components:write',
  method: 'delete',
  path: '/v1/components/{kind}/{name}',
  tags,
  summary: 'Remove a custom component; builds that used it keep their copy',
  request: { params: ComponentPath, query: NoQuery },
  responses: { 204: { description: 'Removed.' }, ...problems('not-found', 'state.conflict') },
});

export function componentRoutes(services: ApiServices): OpenAPIHono {
  const { catalog, documents, store } = services;
  const app = new OpenAPIHono();

  app.openapi(list, async (c) => {
    const { kind } = c.req.valid('query');
    const { entries } = await catalog();
    const items = entries
      .filter(({ component }) => kind === undefined || component.kind === kind)
      .map(describeComponent);
    return c.json({ items }, 200);
  });

  app.openapi(get, async (c) => {
    const path = c.req.valid('param');
    const { entry, unusable } = await find(services, path);
    if (entry) return c.json(describeComponent(entry), 200);
    throw new LdfError('state.conflict', unusable.why, { hint: unusable.hint });
  });

  app.openapi(create, async (c) => {
    const spec = await input.read(c, documents);
    const component = await parseOwnComponent(spec);
    const id = componentId(component);
    if (locate(await catalog(), component))
      throw new LdfError('name.taken', `There is a component ${id} already.`, {
        hint: `Give it another name, or replace it: PUT /v1/components/${id}.`,
      });
    await store.putComponent({ kind: component.kind, name: component.name, spec });
    return c.json(describeComponent({ component, origin: 'user', written: spec }), 201, {
      Location: `/v1/components/${id}`,
    });
  });

  app.openapi(replace, async (c) => {
    const path = c.req.valid('param');
    refuseShipped((await find(services, path)).entry, 'replaced');
    const spec = await input.read(c, documents);
    const component = await parseOwnComponent(spec);
    if (componentId(component) !== componentId(path))
      throw new LdfError('component.invalid', `The component says that it is ${componentId(component)}.`, {
        hint: `Its kind and name must be those of the path, ${componentId(path)}.`,
      });
    await store.putComponent({ ...path, spec });
    return c.json(describeComponent({ component, origin: 'user', written: spec }), 200);
  });

  app.openapi(remove, async (c) => {
    const { kind, name } = c.req.valid('param');
    const { entry, unusable } = await find(services, { kind, name });
    // One of the user's that has a shipped one's name can only be meant by who wants to remove it.
    if (!unusable) refuseShipped(entry, 'removed');
    await store.deleteComponent(kind, name);
    return c.body(null, 204);
  });

  return app;
}

type Found = { entry: CatalogEntry; unusable?: Unusable | undefined } | { entry?: undefined; unusable: Unusable };

/** @throws LdfError `not-found`. */
async function find({ catalog }: ApiServices, wanted: { kind: string; name: string }): Promise<Found> {
  const found = locate(await catalog(), wanted);
  if (!found) throw noSuch('component', componentId(wanted));
  return found;
}

/** The component of a name, and the user's own of that name that cannot be used. */
function locate(catalog: Catalog, wanted: { kind: string; name: string }): Found | undefined {
  const id = componentId(wanted);
  const entry = catalog.entries.find(({ component }) => componentId(component) === id);
  const unusable = catalog.unusable.find((stored) => componentId(stored) === id);
  if (entry) return { entry, unusable };
  return unusable && { unusable };
}

function refuseShipped(entry: CatalogEntry | undefined, done: string): void {
  if (entry?.origin !== 'shipped') return;
  throw new LdfError('state.conflict', `${componentId(entry.component)} is built in and cannot be ${done}.`, {
    hint: 'Add a custom component under another name, and choose that one in the definition.',
  });
}

function describeComponent({ component, origin, written }: CatalogEntry): ListedComponent {
  const { kind, name, title, summary, arch, provides, requires, conflicts } = component;
  return {
    kind,
    name,
    title,
    summary,
    arch,
    provides,
    requires: requires.map((one) => (typeof one === 'string' ? [one] : one)),
    conflicts,
    origin,
    spec: z.record(z.string(), z.unknown()).parse(written ?? component),
  };
}
