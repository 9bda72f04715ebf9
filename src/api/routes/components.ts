/** Components: the shipped ones, and those that users add. */
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { type CatalogEntry, componentId, parseComponent } from '../../catalog/catalog.ts';
import { Component, ComponentKind } from '../../catalog/component.ts';
import { boundedRecord, bounds } from '../../definition/bounds.ts';
import { readYaml } from '../../definition/parse.ts';
import { LdfError } from '../../errors.ts';
import { ComponentShape } from '../../shapes/shapes.ts';
import { jsonBody } from '../body.ts';
import { ComponentPath, NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { noSuch } from '../problem.ts';
import { route } from '../route.ts';
import type { ApiServices } from '../services.ts';

const tags = ['components'];
const componentContent = { 'application/json': { schema: ComponentShape } };

const input = jsonBody({
  name: 'ComponentInput',
  schema: boundedRecord(z.string().max(bounds.lineLength), z.unknown(), bounds.keys),
  documentedAs: Component,
  code: 'component.invalid',
  what: 'The component',
  yaml: (text) => readYaml(text, 'component.invalid'),
});

const list = route({
  scope: 'components:read',
  method: 'get',
  path: '/v1/components',
  tags,
  summary: 'List what a distribution can be made of',
  request: { query: z.strictObject({ kind: ComponentKind.optional().describe('Only those of this kind.') }) },
  responses: {
    200: {
      description: 'All of them.',
      content: { 'application/json': { schema: z.strictObject({ items: z.array(ComponentShape) }) } },
    },
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
  responses: { 200: { description: 'The component.', content: componentContent }, ...problems('not-found') },
});

const create = route({
  scope: 'components:write',
  method: 'post',
  path: '/v1/components',
  tags,
  summary: 'Add a component of your own',
  request: { query: NoQuery, body: input.documented },
  responses: {
    201: { description: 'Added; Location names it.', content: componentContent },
    ...problems('component.invalid', 'name.taken', 'media-type.unsupported'),
  },
});

const replace = route({
  scope: 'components:write',
  method: 'put',
  path: '/v1/components/{kind}/{name}',
  tags,
  summary: 'Replace a component of your own',
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
  summary: 'Remove a component of your own; builds that used it keep their copy',
  request: { params: ComponentPath, query: NoQuery },
  responses: { 204: { description: 'Removed.' }, ...problems('not-found', 'state.conflict') },
});

export function componentRoutes(services: ApiServices): OpenAPIHono {
  const { store } = services;
  const app = new OpenAPIHono();

  app.openapi(list, async (c) => {
    const { kind } = c.req.valid('query');
    const items = (await allComponents(services)).filter((component) => kind === undefined || component.kind === kind);
    return c.json({ items }, 200);
  });

  app.openapi(get, async (c) => c.json(await findComponent(services, c.req.valid('param')), 200));

  app.openapi(create, async (c) => {
    const spec = await input.read(c);
    const component = parseComponent(spec);
    const id = componentId(component);
    if ((await allComponents(services)).some((other) => componentId(other) === id))
      throw new LdfError('name.taken', `There is a component ${id} already.`, {
        hint: `Give it another name, or replace it: PUT /v1/components/${id}.`,
      });
    await store.putComponent({ kind: component.kind, name: component.name, spec });
    return c.json(shapeOf({ component, origin: 'user' }, spec), 201, { Location: `/v1/components/${id}` });
  });

  app.openapi(replace, async (c) => {
    const path = c.req.valid('param');
    refuseShipped(await findComponent(services, path), 'replaced');
    const spec = await input.read(c);
    const component = parseComponent(spec);
    if (componentId(component) !== componentId(path))
      throw new LdfError('component.invalid', `The component says that it is ${componentId(component)}.`, {
        hint: `Its kind and name must be those of the path, ${componentId(path)}.`,
      });
    await store.putComponent({ ...path, spec });
    return c.json(shapeOf({ component, origin: 'user' }, spec), 200);
  });

  app.openapi(remove, async (c) => {
    const { kind, name } = c.req.valid('param');
    refuseShipped(await findComponent(services, { kind, name }), 'removed');
    await store.deleteComponent(kind, name);
    return c.body(null, 204);
  });

  return app;
}

async function allComponents({ catalog, store }: ApiServices): Promise<ComponentShape[]> {
  const own = (await store.listComponents()).map(({ spec }) =>
    shapeOf({ component: parseComponent(spec), origin: 'user' }, spec),
  );
  return [...catalog.entries.map((entry) => shapeOf(entry, entry.component)), ...own];
}

/** @throws LdfError `not-found`. */
async function findComponent(services: ApiServices, wanted: { kind: string; name: string }): Promise<ComponentShape> {
  const id = componentId(wanted);
  const found = (await allComponents(services)).find((component) => componentId(component) === id);
  if (!found) throw noSuch('component', id);
  return found;
}

function refuseShipped(component: ComponentShape, done: string): void {
  if (component.origin === 'user') return;
  throw new LdfError('state.conflict', `${componentId(component)} is shipped with LDF and cannot be ${done}.`, {
    hint: 'Add a component of your own under another name, and choose that one in the definition.',
  });
}

function shapeOf({ component, origin }: CatalogEntry, spec: Record<string, unknown>): ComponentShape {
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
    spec,
  };
}
