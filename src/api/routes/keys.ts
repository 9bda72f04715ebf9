/** Key sets: what images and artifacts are signed with. Private keys come in, where one is imported, and never go out. */
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { LdfError } from '../../errors.ts';
import type { FoundKeySet } from '../../keys/key-sets.ts';
import { KeySet, KeySetList, KeySetRequest } from '../../model/key-set.ts';
import { jsonBody } from '../body.ts';
import { KeySetPath, NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { noSuch } from '../problem.ts';
import { route } from '../route.ts';
import type { ApiServices } from '../services.ts';

const tags = ['keys'];
const content = { 'application/json': { schema: KeySet } };
const pemType = 'application/x-pem-file';

const input = jsonBody({ name: 'KeySetRequest', schema: KeySetRequest });

const list = route({
  scope: 'keys:read',
  method: 'get',
  path: '/v1/keys',
  tags,
  summary: 'List key sets',
  request: { query: NoQuery },
  responses: {
    200: { description: 'All of them.', content: { 'application/json': { schema: KeySetList } } },
    ...problems(),
  },
});

const get = route({
  scope: 'keys:read',
  method: 'get',
  path: '/v1/keys/{name}',
  tags,
  summary: 'Show a key set',
  request: { params: KeySetPath, query: NoQuery },
  responses: { 200: { description: 'The key set.', content }, ...problems('not-found') },
});

const certificate = route({
  scope: 'keys:read',
  method: 'get',
  path: '/v1/keys/{name}/certificate',
  tags,
  summary: "Download a key set's certificate",
  request: { params: KeySetPath, query: NoQuery },
  responses: {
    200: { description: 'The certificate (PEM).', content: { [pemType]: { schema: z.string() } } },
    ...problems('not-found', 'state.conflict'),
  },
});

const create = route({
  scope: 'keys:admin',
  method: 'post',
  path: '/v1/keys',
  tags,
  summary: 'Create or import a key set',
  request: { query: NoQuery, body: input.documented },
  responses: {
    201: { description: 'Added; Location names it.', content },
    ...problems('request.invalid', 'name.taken', 'quota.reached', 'media-type.unsupported'),
  },
});

const addArtifactKey = route({
  scope: 'keys:admin',
  method: 'post',
  path: '/v1/keys/{name}/artifact-key',
  tags,
  summary: 'Make the key for artifacts of a key set that has none',
  request: { params: KeySetPath, query: NoQuery },
  responses: { 200: { description: 'The key set.', content }, ...problems('not-found', 'state.conflict') },
});

const remove = route({
  scope: 'keys:admin',
  method: 'delete',
  path: '/v1/keys/{name}',
  tags,
  summary: 'Delete a key set and its private keys',
  description: 'Images that were signed with it stay as they are, and can no longer be built again to the same bytes.',
  request: { params: KeySetPath, query: NoQuery },
  responses: { 204: { description: 'Deleted.' }, ...problems('not-found') },
});

export function keyRoutes({ keys }: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();

  const find = async (name: string): Promise<FoundKeySet> => {
    const found = await keys.find(name);
    if (found) return found;
    throw noSuch('key set', name);
  };

  app.openapi(list, async (c) => c.json({ items: (await keys.list()).map(shown) }, 200));

  app.openapi(get, async (c) => c.json(shown(await find(c.req.valid('param').name)), 200));

  app.openapi(certificate, async (c) => {
    const { name, pem } = await find(c.req.valid('param').name);
    if (pem === null)
      throw new LdfError('state.conflict', `The certificate of the key set ${name} cannot be read.`, {
        hint: 'Put it back from a backup, or delete the key set.',
      });
    return c.body(pem, 200, { 'Content-Type': pemType });
  });

  app.openapi(create, async (c) => {
    const made = await keys.create(await input.read(c));
    return c.json(shown(made), 201, { Location: `/v1/keys/${made.name}` });
  });

  app.openapi(addArtifactKey, async (c) => c.json(shown(await keys.addArtifactKey(c.req.valid('param').name)), 200));

  app.openapi(remove, async (c) => {
    await keys.remove(c.req.valid('param').name);
    return c.body(null, 204);
  });

  return app;
}

function shown({ pem: _, ...told }: FoundKeySet): KeySet {
  return told;
}
