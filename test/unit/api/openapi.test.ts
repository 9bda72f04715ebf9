/** The OpenAPI document says what the API does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';

const Operation = z.looseObject({
  summary: z.string().min(1),
  tags: z.array(z.string()).min(1),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().optional() }))
    .default([]),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) }).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string().min(1) })),
});
const Document = z.looseObject({
  openapi: z.literal('3.1.0'),
  info: z.looseObject({ version: z.literal('1.2.3') }),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
});

let world: ApiWorld;
let document: z.infer<typeof Document>;
let text: string;

beforeAll(async () => {
  world = await ApiWorld.open({ idle: true });
  text = await (await world.app.request('/openapi.json')).text();
  document = Document.parse(JSON.parse(text));
});
afterAll(() => world.close());

describe('the OpenAPI document', () => {
  it('describes every route there is, and no other', () => {
    const pages = ['/openapi.json', '/'];
    const routes = world.app.routes
      .filter(({ method, path }) => method !== 'ALL' && !pages.includes(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:([a-z]+)/g, '{$1}')}`);
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.filter((one) => !one.startsWith('HEAD')).sort()).toEqual([...new Set(routes)].sort());
  });

  it('has a schema for every reference', () => {
    const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(Object.keys(document.components.schemas)).toContain(name);
    expect([...text.matchAll(/"\$ref":"([^"]+)"/g)].filter(([, ref]) => !ref?.startsWith('#/components/'))).toEqual([]);
  });

  it('describes a body where null may stand as well as an object', () => {
    expect(document.components.schemas.Build).toMatchObject({
      properties: { error: { anyOf: [{ $ref: '#/components/schemas/Failure' }, { type: 'null' }] } },
    });
  });

  it('describes the whole definition, with defaults left out at will', () => {
    expect(document.components.schemas.Definition).toMatchObject({ required: ['name', 'arch'] });
    expect(document.components.schemas.DistributionInput).toMatchObject({
      properties: { definition: { $ref: '#/components/schemas/Definition' } },
      required: ['definition'],
    });
  });

  it('names the parameters of every path, and problem documents for every operation', () => {
    for (const [path, operations] of Object.entries(document.paths))
      for (const { parameters, responses } of Object.values(operations)) {
        const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
        expect(inPath.sort()).toEqual([...path.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => name).sort());
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '500']));
      }
  });

  it('refuses an unknown query parameter on every route', async () => {
    for (const [path, operations] of Object.entries(document.paths))
      for (const method of Object.keys(operations)) {
        const concrete = path.replaceAll(/\{[a-z]+\}/g, (name) =>
          name === '{kind}' ? 'init' : name === '{arch}' ? 'x86_64' : 'x1',
        );
        const answer = await world.app.request(`${concrete}?nonsense=1`, { method: method.toUpperCase() });
        expect(`${method} ${concrete} ${answer.status}`).toBe(`${method} ${concrete} 400`);
      }
  });
});
