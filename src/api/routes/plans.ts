/** What a definition comes to before anything is built: its plan, and its lock. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type * as z from 'zod';
import { Architecture, Definition } from '../../definition/definition.ts';
import { type ErrorCode, LdfError } from '../../errors.ts';
import { DefinitionCheck, ValidateRequest } from '../../model/check.ts';
import { LockAnswer, LockDraftRequest, LockRequest } from '../../model/lock.ts';
import { PlanSummary } from '../../model/plan.ts';
import { Lock } from '../../stages/lock.ts';
import { documentBody, isYaml, jsonBody } from '../body.ts';
import { IdPath, NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { within } from '../pointers.ts';
import { noSuch, problemOf } from '../problem.ts';
import { route } from '../route.ts';
import type { ApiServices } from '../services.ts';
import { findDistribution, lockFor } from './distributions.ts';

const tags = ['distributions'];

const candidate = documentBody('ValidateRequest', ValidateRequest.extend({ definition: Definition }));
const draft = documentBody('LockDraftRequest', LockDraftRequest.extend({ definition: Definition }));
const lockRequest = jsonBody({ name: 'LockRequest', schema: LockRequest, optional: true });

const validate = route({
  scope: 'plans:run',
  method: 'post',
  path: '/v1/distributions/validate',
  tags,
  summary: 'Check a definition and show its plan; nothing is stored',
  request: { query: NoQuery, body: candidate.documented },
  responses: {
    200: { description: 'The plan.', content: { 'application/json': { schema: PlanSummary } } },
    ...problems('definition.invalid', 'definition.impossible', 'not-found', 'media-type.unsupported'),
  },
});

const check = route({
  scope: 'plans:run',
  method: 'post',
  path: '/v1/distributions/check',
  tags,
  summary: 'Show the plan of a definition or what is wrong with it, and which components it could name',
  description: [
    'As `validate`, but a definition with problems is no error: they are in the answer, with pointers into the definition.',
    'For every component that a key can name, `choices` has what would be wrong if it did.',
  ].join(' '),
  request: { query: NoQuery, body: candidate.documented },
  responses: {
    200: {
      description: 'The plan or the problem, and the choices.',
      content: { 'application/json': { schema: DefinitionCheck } },
    },
    ...problems('definition.invalid', 'not-found', 'media-type.unsupported'),
  },
});

const lockDraft = route({
  scope: 'distributions:lock',
  method: 'post',
  path: '/v1/distributions/lock',
  tags,
  summary: 'Resolve a definition that is not stored',
  request: { query: NoQuery, body: draft.documented },
  responses: {
    200: { description: 'The lock, and what changed.', content: { 'application/json': { schema: LockAnswer } } },
    ...problems(
      'definition.invalid',
      'definition.impossible',
      'images.missing',
      'queue.full',
      'docker.unavailable',
      'stage.failed',
    ),
  },
});

const lockStored = route({
  scope: 'distributions:lock',
  method: 'post',
  path: '/v1/distributions/{id}/lock',
  tags,
  summary: 'Resolve what the lock of a distribution lacks, or all of it again',
  request: { params: IdPath, query: NoQuery, body: lockRequest.documented },
  responses: {
    200: { description: 'The lock, and what changed.', content: { 'application/json': { schema: LockAnswer } } },
    ...problems(
      'definition.impossible',
      'not-found',
      'images.missing',
      'queue.full',
      'docker.unavailable',
      'stage.failed',
    ),
  },
});

const getLock = route({
  scope: 'distributions:read',
  method: 'get',
  path: '/v1/distributions/{id}/locks/{arch}',
  tags,
  summary: 'Show the lock of a distribution for an architecture',
  request: { params: IdPath.extend({ arch: Architecture }), query: NoQuery },
  responses: {
    200: { description: 'The lock.', content: { 'application/json': { schema: Lock } } },
    ...problems('not-found'),
  },
});

export function planRoutes(services: ApiServices): OpenAPIHono {
  const { builds, documents, store } = services;
  const app = new OpenAPIHono();

  app.openapi(validate, async (c) => {
    const body = await candidate.read(c, documents);
    const plan = await within(isYaml(c) ? '' : '/definition', async () =>
      planFor(services, await documents.definition(body.definition), body),
    );
    return c.json(plan, 200);
  });

  app.openapi(check, async (c) => {
    const body = await candidate.read(c, documents);
    const { value: definition, problem } = await orProblem(() => documents.definition(body.definition));
    if (!definition) return c.json({ plan: null, problem, choices: [] }, 200);
    const planned = await orProblem(() => planFor(services, definition, body));
    const choices = await builds.choices(definition);
    return c.json({ plan: planned.value, problem: planned.problem, choices }, 200);
  });

  app.openapi(lockDraft, async (c) => {
    const { definition, lock, arch, update } = await draft.read(c, documents);
    const answer = await within(isYaml(c) ? '' : '/definition', async () => {
      const parsed = await documents.definition({ ...definition, ...(arch === undefined ? {} : { arch }) });
      return builds.lock(parsed, lockFor(parsed.arch, lock), update);
    });
    return c.json({ ...answer, stored: false }, 200);
  });

  app.openapi(lockStored, async (c) => {
    const { arch, update, groups, dryRun } = await lockRequest.read(c);
    const distribution = await findDistribution(services, c.req.valid('param').id);
    const definition = await documents.definition({
      ...distribution.definition,
      ...(arch === undefined ? {} : { arch }),
    });
    const locks = await store.getLocks(distribution.id);
    const answer = await builds.lock(definition, locks[definition.arch], update && (groups ?? true));
    if (!dryRun) await store.setLock(distribution.id, answer.lock);
    return c.json({ ...answer, stored: !dryRun }, 200);
  });

  app.openapi(getLock, async (c) => {
    const { id, arch } = c.req.valid('param');
    await findDistribution(services, id);
    const lock = (await store.getLocks(id))[arch];
    if (!lock) throw noSuch(`${arch} lock of distribution`, id);
    return c.json(lock, 200);
  });

  return app;
}

/** @throws LdfError `not-found` for the distribution, `definition.impossible`. */
async function planFor(
  services: ApiServices,
  definition: Definition,
  { lock, boot, kernelOnly, noCache, distribution }: z.infer<typeof ValidateRequest>,
): Promise<PlanSummary> {
  if (distribution !== undefined) await findDistribution(services, distribution);
  const stored = distribution === undefined || lock ? {} : await services.store.getLocks(distribution);
  return services.builds.plan(definition, {
    ...{ boot, kernelOnly, noCache, distributionId: distribution },
    lock: lockFor(definition.arch, lock) ?? stored[definition.arch],
  });
}

/** Problems of a definition as part of an answer. @throws whatever else goes wrong. */
async function orProblem<Value>(act: () => Value | Promise<Value>) {
  try {
    return { value: await act(), problem: null };
  } catch (error) {
    if (!(error instanceof LdfError) || !problemCodes.has(error.code)) throw error;
    return { value: null, problem: problemOf(error) };
  }
}

const problemCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['definition.invalid', 'definition.impossible']);
