/** The OpenAPI 3.1 document: routes by @hono/zod-openapi, schemas by Zod itself, both from what validates. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from 'hono';
import * as z from 'zod';
import { Component } from '../catalog/component.ts';
import { Definition } from '../definition/definition.ts';
import { type ErrorCode, errorTable } from '../errors.ts';
import { Artifact, Verdict } from '../model/artifact.ts';
import { Build, BuildSummary } from '../model/build.ts';
import { Change } from '../model/change.ts';
import { ListedComponent } from '../model/component.ts';
import { Distribution, DistributionSummary } from '../model/distribution.ts';
import { Example } from '../model/example.ts';
import { JournalEntry, LogLine, LogPage } from '../model/journal.ts';
import { KeySet } from '../model/key-set.ts';
import { LockAnswer } from '../model/lock.ts';
import { PlanSummary } from '../model/plan.ts';
import { Detail, Failure, Problem } from '../model/problem.ts';
import { KconfigAnswer, PackageAnswer } from '../model/queries.ts';
import { SessionStatus, SignInCode } from '../model/session.ts';
import { ImageProgressLine, StageImageList, StageImageStatus } from '../model/stage-image.ts';
import { StageRun } from '../model/stage-run.ts';
import { SystemStatus } from '../model/system.ts';
import { Lock } from '../stages/lock.ts';
import { problemType } from './problem.ts';

type Names = z.core.$ZodRegistry<{ id: string }>;

/** Schemas of answers, by their names in the document. */
const answers: Names = z.registry();
/** Schemas of bodies; here a key with a default may be left out. Filled by src/api/body.ts. */
export const bodySchemas: Names = z.registry();

for (const [id, schema] of Object.entries({
  Artifact,
  Build,
  BuildSummary,
  Change,
  Component: ListedComponent,
  Detail,
  Distribution,
  DistributionSummary,
  Example,
  Failure,
  ImageProgress: ImageProgressLine,
  JournalEntry,
  KconfigAnswer,
  KeySet,
  Lock,
  LockAnswer,
  LogLine,
  LogPage,
  PackageAnswer,
  Plan: PlanSummary,
  Problem,
  Session: SessionStatus,
  SignInCode,
  StageImage: StageImageStatus,
  StageImageList,
  StageRun,
  System: SystemStatus,
  Verdict,
})) {
  answers.add(schema, { id });
  // Where a route uses the schema, the generator of the document then refers to it by this name.
  z.globalRegistry.add(schema, { ...schema.meta(), id });
}
bodySchemas.add(Definition, { id: 'Definition' });
bodySchemas.add(Component, { id: 'ComponentInput' });
bodySchemas.add(Lock, { id: 'Lock' });

const prefix = '#/components/schemas/';

/** Refers to a named schema. */
export function componentRef(name: string): { $ref: string } {
  return { $ref: `${prefix}${name}` };
}

const ProblemContent = { [problemType]: { schema: Problem } };

/** The problem documents a route answers with, by status; any route may refuse a request, find the disk full, or fail. */
export function problems(
  ...codes: ErrorCode[]
): Record<number, { description: string; content: typeof ProblemContent }> {
  const byStatus: Record<number, { description: string; content: typeof ProblemContent }> = {};
  const always: ErrorCode[] = ['request.invalid', 'auth.required', 'request.refused'];
  for (const code of new Set<ErrorCode>([...always, ...codes, 'storage.full', 'internal'])) {
    const { status, title } = errorTable[code];
    const before = byStatus[status] ? `${byStatus[status].description} ` : '';
    byStatus[status] = { description: `${before}\`${code}\`: ${title}.`, content: ProblemContent };
  }
  return byStatus;
}

/** The whole document of an application. */
export function openApiDocument<E extends Env>(app: OpenAPIHono<E>, version: string) {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'LDF, the Linux Distribution Factory',
      version,
      description:
        'Turns a definition into disk images, and boots each one to prove it works. Errors are problem documents (RFC 9457) with a `code`.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    tags: tags.map(([name, description]) => ({ name, description })),
  });
  const paths = Object.fromEntries(
    Object.entries(document.paths ?? {}).map(([path, item]) => [path, withAccess(item)]),
  );
  const schemas = { ...jsonSchemas(bodySchemas, 'input'), ...jsonSchemas(answers, 'output') };
  return { ...document, paths, components: { ...document.components, schemas, securitySchemes } };
}

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'The token that `ldf token` prints.' },
  session: { type: 'apiKey', in: 'cookie', name: 'ldf_session_PORT', description: 'A browser that has signed in.' },
} as const;

/** A route's `scope` as the document says it: `x-scope`, and what to send. */
function withAccess(item: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]: [string, unknown]) => {
      if (typeof operation !== 'object' || operation === null || !('scope' in operation)) return [method, operation];
      const { scope, ...rest } = operation;
      const security = scope === 'public' ? [] : [{ bearer: [] }, { session: [] }];
      return [method, { ...rest, 'x-scope': scope, security }];
    }),
  );
}

const tags = [
  ['distributions', 'What can be built: definitions with their locks.'],
  ['builds', 'Runs of a definition, their logs and events.'],
  ['artifacts', 'What builds left: images, checksums, SBOMs and consoles.'],
  ['queries', 'What suites and kernels have to choose from.'],
  ['components', 'Building blocks of distributions.'],
  ['keys', 'Key sets that images are signed with.'],
  ['sources', 'Files that builds are made from, by their sha256.'],
  ['stage images', 'The container images in which stages run.'],
  ['access', 'Who may ask.'],
  ['system', 'The installation itself.'],
] as const;

function jsonSchemas(registry: Names, io: 'input' | 'output'): Record<string, unknown> {
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: (id) => `${prefix}${id}`,
    override: ({ jsonSchema }) => {
      delete jsonSchema.$id;
      delete jsonSchema.$schema;
      // The format says the same as Zod's long pattern for it.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  return schemas;
}
