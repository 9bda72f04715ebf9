import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ApiDocument,
  type ApiOperation,
  curlOf,
  groupsOf,
  propertiesOf,
  searched,
  typeOf,
} from '../../../src/webui/views/reference/document.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';

let world: ApiWorld;
let document: ApiDocument;

beforeAll(async () => {
  world = await ApiWorld.open({ idle: true });
  document = ApiDocument.parse(await (await world.app.request('/openapi.json')).json());
});
afterAll(() => world.close());

function operation(id: string): ApiOperation {
  const found = groupsOf(document)
    .flatMap(({ operations }) => operations)
    .find((one) => one.id === id);
  if (!found) throw new Error(`no operation ${id}`);
  return found;
}

const words = (schema: Record<string, unknown>) =>
  typeOf(schema)
    .map(({ text }) => text)
    .join('');

describe('the reference', () => {
  it('has every operation once, under its tag, each with an address of its own', () => {
    const shown = groupsOf(document).flatMap(({ operations }) => operations.map(({ id }) => id));
    const described = Object.values(document.paths).flatMap((item) =>
      Object.keys(item).filter((method) => method !== 'head'),
    );
    expect(shown.length).toBe(described.length);
    expect(new Set(shown).size).toBe(shown.length);
  });

  it('has a command for each operation', () => {
    expect(curlOf(operation('get-v1-builds-id'), 'http://127.0.0.1:8080')).toBe(
      'curl -H "Authorization: Bearer $(ldf token)" "http://127.0.0.1:8080/v1/builds/$ID"',
    );
    expect(curlOf(operation('post-v1-distributions'), 'http://h')).toContain(
      '-X POST -H "Authorization: Bearer $(ldf token)" -H \'content-type: application/json\' --data-binary @body',
    );
    expect(curlOf(operation('get-healthz'), 'http://h')).toBe('curl "http://h/healthz"');
  });

  it('finds operations by words of their path, summary or scope', () => {
    const ids = (text: string) =>
      searched(groupsOf(document), text).flatMap((group) => group.operations.map(({ id }) => id));
    expect(ids('CANCEL build')).toEqual(['post-v1-builds-id-cancel']);
    expect(ids('nothing-of-that')).toEqual([]);
  });

  it('says types in words, and refers to the schemas of the document', () => {
    expect(words({ type: 'array', items: { $ref: '#/components/schemas/Build' } })).toBe('array of Build');
    expect(words({ anyOf: [{ $ref: '#/components/schemas/Failure' }, { type: 'null' }] })).toBe('Failure | null');
    expect(words({ enum: ['raw', 'qcow2'] })).toBe('"raw" | "qcow2"');
    expect(words({})).toBe('any value');
    for (const schema of Object.values(document.components.schemas))
      for (const { type } of propertiesOf(schema))
        for (const { schema: named } of type) if (named) expect(document.components.schemas).toHaveProperty(named);
  });

  it('shows what objects hold, also those in lists', () => {
    const schema = {
      type: 'array',
      items: {
        type: 'object',
        required: ['a'],
        properties: { a: { type: 'string', description: 'First.' }, b: { type: 'object', properties: { c: {} } } },
      },
    };
    expect(propertiesOf(schema)).toMatchObject([
      { name: 'a', required: true, description: 'First.' },
      { name: 'b', required: false, properties: [{ name: 'c' }] },
    ]);
  });
});

it('nothing of the reference comes from elsewhere', () => {
  expect(readFileSync('package.json', 'utf8')).not.toContain('swagger');
});
