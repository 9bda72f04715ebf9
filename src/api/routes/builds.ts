/** Builds: starting, watching, cancelling and retrying them. */
import { createHash } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { apiBounds } from '../../config.ts';
import { Architecture } from '../../definition/definition.ts';
import { Fix } from '../../fix.ts';
import { Build, BuildInputs, BuildOptions, BuildState, BuildSummary, RetryRequest } from '../../model/build.ts';
import { page } from '../../model/page.ts';
import { ownerId, type Principal } from '../../model/scopes.ts';
import { AttemptList } from '../../model/stage-run.ts';
import { jsonBody } from '../body.ts';
import { IdPath, NoQuery, PageQuery, StageQuery } from '../input.ts';
import { IfNoneMatch, unchanged } from '../list-tags.ts';
import { problems } from '../openapi.ts';
import { noSuch } from '../problem.ts';
import { requireScope, route } from '../route.ts';
import type { ApiServices } from '../services.ts';
import { findDistribution } from './distributions.ts';

const tags = ['builds'];
const buildContent = { 'application/json': { schema: Build } };

const options = jsonBody({ name: 'BuildOptions', schema: BuildOptions, optional: true });
const retryRequest = jsonBody({
  name: 'RetryRequest',
  schema: RetryRequest.extend({
    stage: StageQuery.optional().describe('Stage to start from. Default: the first stage that did not succeed.'),
  }),
  optional: true,
});

const fixRequest = jsonBody({ name: 'FixRequest', schema: Fix });

const IdempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .regex(new RegExp(`^[\\x21-\\x7e]{1,${apiBounds.maxIdempotencyKeyLength}}$`), 'must be one printable word')
    .optional()
    .describe('Sent again with the same request, it gives the build that the first one made.'),
});

const start = route({
  scope: 'builds:run',
  method: 'post',
  path: '/v1/distributions/{id}/build',
  tags,
  summary: 'Queue a build of a distribution',
  request: { params: IdPath, query: NoQuery, headers: IdempotencyHeader, body: options.documented },
  responses: {
    202: { description: 'Queued; Location names it.', content: buildContent },
    ...problems(
      'definition.impossible',
      'not-found',
      'images.missing',
      'images.mismatch',
      'idempotency.mismatch',
      'queue.full',
      'docker.unavailable',
    ),
  },
});

const list = route({
  scope: 'builds:read',
  method: 'get',
  path: '/v1/builds',
  tags,
  summary: 'List builds, newest first',
  description: 'Each as a summary; `GET /v1/builds/{id}` has the whole of one. `GET /v1/events` tells of changes.',
  request: {
    query: PageQuery.extend({
      state: BuildState.optional(),
      arch: Architecture.optional(),
      distribution: z
        .string()
        .regex(/^[0-9A-Za-z_-]{1,64}$/, 'must be the id of a distribution')
        .optional()
        .describe('Id of a distribution.'),
    }),
    headers: IfNoneMatch,
  },
  responses: {
    200: { description: 'A page.', content: { 'application/json': { schema: page(BuildSummary) } } },
    ...unchanged,
    ...problems(),
  },
});

const get = route({
  scope: 'builds:read',
  method: 'get',
  path: '/v1/builds/{id}',
  tags,
  summary: 'Show a build',
  request: { params: IdPath, query: NoQuery },
  responses: { 200: { description: 'The build.', content: buildContent }, ...problems('not-found') },
});

const attempts = route({
  scope: 'builds:read',
  method: 'get',
  path: '/v1/builds/{id}/attempts',
  tags,
  summary: 'Every attempt at every stage, and why it ran',
  description: [
    'In the order of the stages, each in the order of its attempts. `compared` has every difference from the run that',
    'the reason was worked out from. The log of one attempt: `GET /v1/builds/{id}/logs?stage=…&attempt=…`.',
  ].join(' '),
  request: { params: IdPath, query: z.strictObject({ stage: StageQuery.optional() }) },
  responses: {
    200: { description: 'The attempts.', content: { 'application/json': { schema: AttemptList } } },
    ...problems('not-found'),
  },
});

const inputs = route({
  scope: 'secrets:read',
  method: 'get',
  path: '/v1/builds/{id}/inputs',
  tags,
  summary: 'The definition and lock of a build, and its kernel options',
  request: { params: IdPath, query: NoQuery },
  responses: {
    200: { description: 'The record.', content: { 'application/json': { schema: BuildInputs } } },
    ...problems('not-found'),
  },
});

const cancel = route({
  scope: 'builds:run',
  method: 'post',
  path: '/v1/builds/{id}/cancel',
  tags,
  summary: 'Cancel a build; its events tell when it has ended',
  request: { params: IdPath, query: NoQuery },
  responses: { 202: { description: 'Asked.', content: buildContent }, ...problems('not-found', 'state.conflict') },
});

const retry = route({
  scope: 'builds:run',
  method: 'post',
  path: '/v1/builds/{id}/retry',
  tags,
  summary: 'Queue an ended build again, from the stage that failed or an earlier one',
  request: { params: IdPath, query: NoQuery, body: retryRequest.documented },
  responses: {
    202: { description: 'Queued.', content: buildContent },
    ...problems('not-found', 'state.conflict', 'images.missing', 'queue.full', 'docker.unavailable'),
  },
});

const fix = route({
  scope: 'distributions:write',
  method: 'post',
  path: '/v1/builds/{id}/fix',
  tags,
  summary: 'Change the distribution of a failed build as its error proposes, and build it again',
  description: [
    'The body is one of `error.details[].fixes` of the build. The change is saved with the distribution, unless something',
    'else stands at its place by now, and a new build with the options of the failed one is queued. Asks for `builds:run` as well.',
  ].join(' '),
  request: { params: IdPath, query: NoQuery, body: fixRequest.documented },
  responses: {
    202: { description: 'Saved and queued; Location names the new build.', content: buildContent },
    ...problems(
      'definition.invalid',
      'definition.impossible',
      'not-found',
      'state.conflict',
      'images.missing',
      'images.mismatch',
      'queue.full',
      'docker.unavailable',
    ),
  },
});

const verify = route({
  scope: 'builds:run',
  method: 'post',
  path: '/v1/builds/{id}/verify',
  tags,
  summary: 'Rebuild from scratch and compare every artifact',
  description: [
    'With the same lock and stage images, but empty caches, another host name and another number of CPUs. The answer is the',
    'build that does it; the verdict is kept with the build that was verified, as `reproducible`. Other bytes fail the',
    'verification with the code `build.not-reproducible`.',
  ].join(' '),
  request: { params: IdPath, query: NoQuery },
  responses: {
    202: { description: 'Queued; Location names the verification.', content: buildContent },
    ...problems('not-found', 'state.conflict', 'images.missing', 'images.mismatch', 'queue.full', 'docker.unavailable'),
  },
});

const remove = route({
  scope: 'builds:delete',
  method: 'delete',
  path: '/v1/builds/{id}',
  tags,
  summary: 'Remove an ended build with its log and artifacts',
  request: { params: IdPath, query: NoQuery },
  responses: { 204: { description: 'Removed.' }, ...problems('not-found', 'state.conflict') },
});

export function buildRoutes(services: ApiServices): OpenAPIHono {
  const { builds } = services;
  const app = new OpenAPIHono();

  app.openapi(start, async (c) => {
    const wanted = await options.read(c);
    if (wanted.priority > 0) requireScope(c, 'builds:priority');
    const distribution = await findDistribution(services, c.req.valid('param').id);
    const key = ownKey(c.get('principal'), c.req.valid('header')['Idempotency-Key']);
    const requestHash = sha256(JSON.stringify([distribution.id, wanted]));
    const { id } = await builds.create(distribution, wanted, key === undefined ? undefined : { key, requestHash });
    return c.json(await findBuild(services, id), 202, { Location: `/v1/builds/${id}` });
  });

  app.openapi(list, async (c) => {
    const { distribution, ...query } = c.req.valid('query');
    return c.json(await builds.list({ ...query, distributionId: distribution }), 200);
  });

  app.openapi(get, async (c) => c.json(await findBuild(services, c.req.valid('param').id), 200));

  app.openapi(attempts, async (c) => {
    const { id } = await findBuild(services, c.req.valid('param').id);
    const { stage } = c.req.valid('query');
    const items = await builds.attempts(id);
    return c.json({ items: items.filter(({ name }) => stage === undefined || name === stage) }, 200);
  });

  app.openapi(inputs, async (c) => {
    const { id } = c.req.valid('param');
    const found = await builds.inputs(id);
    if (!found) throw noSuch('build', id);
    return c.json(found, 200);
  });

  app.openapi(cancel, async (c) => {
    const { id } = await findBuild(services, c.req.valid('param').id);
    await builds.cancel(id);
    return c.json(await findBuild(services, id), 202);
  });

  app.openapi(retry, async (c) => {
    const { stage, moreTime } = await retryRequest.read(c);
    const { id } = await findBuild(services, c.req.valid('param').id);
    await builds.retry(id, stage, moreTime);
    return c.json(await findBuild(services, id), 202, { Location: `/v1/builds/${id}` });
  });

  app.openapi(fix, async (c) => {
    const wanted = await fixRequest.read(c);
    requireScope(c, 'builds:run');
    const { id } = await findBuild(services, c.req.valid('param').id);
    const { id: fixed } = await builds.fix(id, wanted);
    return c.json(await findBuild(services, fixed), 202, { Location: `/v1/builds/${fixed}` });
  });

  app.openapi(verify, async (c) => {
    const { id } = await findBuild(services, c.req.valid('param').id);
    const verification = await builds.verify(id);
    return c.json(await findBuild(services, verification.id), 202, { Location: `/v1/builds/${verification.id}` });
  });

  app.openapi(remove, async (c) => {
    const { id } = await findBuild(services, c.req.valid('param').id);
    await builds.remove(id);
    return c.body(null, 204);
  });

  return app;
}

/** @throws LdfError `not-found`. */
export async function findBuild({ builds }: ApiServices, id: string): Promise<Build> {
  const build = await builds.get(id);
  if (!build) throw noSuch('build', id);
  return build;
}

/** Keys of different people are different keys, and nobody hears of another's build. */
function ownKey(principal: Principal | undefined, key: string | undefined): string | undefined {
  return key === undefined || principal?.id === ownerId ? key : `${principal?.id ?? ''} ${key}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
