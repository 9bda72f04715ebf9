/** Artifacts: what builds left, downloadable in parts. */
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { describeArtifact } from '../../engine/views/describe.ts';
import { LdfError } from '../../errors.ts';
import { Artifact, ArtifactOfBuild } from '../../model/artifact.ts';
import type { ArtifactRecord } from '../../store/artifacts.ts';
import { IdPath, NoQuery } from '../input.ts';
import { problems } from '../openapi.ts';
import { noSuch, problemResponse } from '../problem.ts';
import { matchesEtag, parseRange, rangeStillHolds } from '../range.ts';
import { route } from '../route.ts';
import type { ApiServices } from '../services.ts';
import { webStream } from '../web-stream.ts';
import { findBuild } from './builds.ts';

const tags = ['artifacts'];

const list = route({
  scope: 'builds:read',
  method: 'get',
  path: '/v1/builds/{id}/artifacts',
  tags,
  summary: 'List the artifacts of a build',
  request: { params: IdPath, query: NoQuery },
  responses: {
    200: {
      description: 'All of them.',
      content: { 'application/json': { schema: z.strictObject({ items: z.array(Artifact) }) } },
    },
    ...problems('not-found'),
  },
});

const get = route({
  scope: 'artifacts:read',
  method: 'get',
  path: '/v1/artifacts/{id}',
  tags,
  summary: 'Show an artifact',
  request: { params: IdPath, query: NoQuery },
  responses: {
    200: { description: 'The artifact.', content: { 'application/json': { schema: ArtifactOfBuild } } },
    ...problems('not-found'),
  },
});

const content = route({
  scope: 'artifacts:read',
  method: 'get',
  path: '/v1/artifacts/{id}/content',
  tags,
  summary: 'Download an artifact, whole or a part',
  description: 'The ETag is the sha256 of the content. One byte range is served; several at once give the whole.',
  request: {
    params: IdPath,
    query: NoQuery,
    headers: z.object({
      Range: z.string().optional(),
      'If-Range': z.string().optional(),
      'If-None-Match': z.string().optional(),
    }),
  },
  responses: {
    200: { description: 'All of it.', content: { '*/*': { schema: z.string() } } },
    206: { description: 'The part that Range asks for.', content: { '*/*': { schema: z.string() } } },
    304: { description: 'The client has it already.' },
    ...problems('not-found', 'artifact.removed', 'range.unsatisfiable'),
  },
});

export function artifactRoutes(services: ApiServices): OpenAPIHono {
  const app = new OpenAPIHono();

  app.openapi(list, async (c) => {
    const { artifacts } = await findBuild(services, c.req.valid('param').id);
    return c.json({ items: artifacts }, 200);
  });

  app.openapi(get, async (c) => {
    const artifact = await findArtifact(services, c.req.valid('param').id);
    return c.json({ ...describeArtifact(artifact), buildId: artifact.buildId }, 200);
  });

  // Hono answers HEAD with what GET answers, less the body; the document has to be told.
  app.openAPIRegistry.registerPath({ ...content, method: 'head', summary: 'Ask what a download would give' });
  app.openapi(content, async (c) => {
    const artifact = await findArtifact(services, c.req.valid('param').id);
    if (artifact.removedAt) throw removedArtifact(artifact);
    const asked = c.req.valid('header');
    const headers = contentHeaders(artifact);
    if (matchesEtag(asked['If-None-Match'], headers.ETag)) return c.body(null, 304, { ETag: headers.ETag });
    const wanted = rangeStillHolds(asked['If-Range'], headers.ETag) ? asked.Range : undefined;
    const range = parseRange(wanted, artifact.sizeBytes);
    if (range === 'unsatisfiable') return unsatisfiable(artifact, (error, more) => problemResponse(c, error, more));
    const part = range === 'whole' ? undefined : range;
    const length = part ? part.end - part.start + 1 : artifact.sizeBytes;
    const body = webStream(await services.artifacts.read(artifact.sha256, part));
    return new Response(body, {
      status: part ? 206 : 200,
      headers: {
        ...headers,
        'Content-Length': String(length),
        ...(part ? { 'Content-Range': `bytes ${part.start}-${part.end}/${artifact.sizeBytes}` } : {}),
      },
    });
  });

  return app;
}

/** @throws LdfError `not-found`. */
async function findArtifact({ store }: ApiServices, id: string): Promise<ArtifactRecord> {
  const record = await store.getArtifact(id);
  if (!record) throw noSuch('artifact', id);
  return record;
}

function removedArtifact({ name, buildId, removedAt }: ArtifactRecord): LdfError {
  const when = removedAt?.toISOString();
  return new LdfError('artifact.removed', `${name} of build ${buildId} was removed to make room (${when}).`, {
    hint: `\`ldf retry ${buildId} --stage package\` makes it again.`,
  });
}

function unsatisfiable(
  { name, sizeBytes }: ArtifactRecord,
  answer: (error: LdfError, headers: Record<string, string>) => Response,
): Response {
  const error = new LdfError('range.unsatisfiable', `${name} has ${sizeBytes} bytes; the range starts after them.`);
  return answer(error, { 'Content-Range': `bytes */${sizeBytes}` });
}

/** What a browser shows by itself and cannot run. */
const inlineTypes = /^(?:text\/plain|image\/png)\b/;

function contentHeaders({ name, sha256, mediaType }: ArtifactRecord) {
  const disposition = inlineTypes.test(mediaType) ? 'inline' : 'attachment';
  return {
    'Content-Type': mediaType,
    ETag: `"${sha256}"`,
    'Accept-Ranges': 'bytes',
    // To be asked for again each time: a retried build replaces its artifacts, and they keep their ids.
    'Cache-Control': 'no-cache',
    // RFC 9530: of the whole content, whatever part is sent.
    'Repr-Digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
    // RFC 8187 for names beyond ASCII; attr-char leaves out what encodeURIComponent keeps.
    'Content-Disposition': `${disposition}; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percentEncode)}`,
  };
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
