/** Stage images: building, pulling, saving and loading them. What takes long tells how it goes as server-sent events. */
import { Readable } from 'node:stream';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as z from 'zod';
import { apiBounds } from '../../config.ts';
import { LdfError } from '../../errors.ts';
import { ImageWorkList, PullRequest, StageImageBuildRequest, StageImageList } from '../../model/stage-image.ts';
import type { OnImageProgress } from '../../runtime/images.ts';
import { jsonBody } from '../body.ts';
import { type ImageWork, imageWorkEvents } from '../image-work.ts';
import { ImageWorks } from '../image-works.ts';
import { ImageQuery, NoQuery } from '../input.ts';
import { IfNoneMatch, unchanged } from '../list-tags.ts';
import { problems } from '../openapi.ts';
import { presentable } from '../problem.ts';
import { route, untilSessionEnds } from '../route.ts';
import type { ApiServices } from '../services.ts';
import { eventStream, eventStreamHeaders } from '../sse.ts';
import { webStream } from '../web-stream.ts';

const tags = ['stage images'];
const archiveType = 'application/x-tar';
const archiveContent = { [archiveType]: { schema: { type: 'string', format: 'binary' } } } as const;
const workDone = [
  'The answer is a stream of server-sent events: `progress` with an ImageProgress, then `done` with a StageImageList or',
  '`error` with a Problem. Closing the connection, or signing out, ends the work; a repeated request continues where this one stopped.',
].join(' ');
const workEvents = { description: workDone, content: { 'text/event-stream': { schema: z.string() } } };

const pullRequest = jsonBody({ name: 'PullRequest', schema: PullRequest });
const buildRequest = jsonBody({ name: 'StageImageBuildRequest', schema: StageImageBuildRequest, optional: true });

const list = route({
  scope: 'images:read',
  method: 'get',
  path: '/v1/stage-images',
  tags,
  summary: 'List the stage images with their state',
  request: { query: NoQuery, headers: IfNoneMatch },
  responses: {
    200: { description: 'All of them.', content: { 'application/json': { schema: StageImageList } } },
    ...unchanged,
    ...problems('docker.unavailable'),
  },
});

const work = route({
  scope: 'images:read',
  method: 'get',
  path: '/v1/stage-images/work',
  tags,
  summary: 'Tell what is being built, pulled or loaded now, whoever asked for it',
  request: { query: NoQuery },
  responses: {
    200: {
      description: 'All of it; none when nothing is under way.',
      content: { 'application/json': { schema: ImageWorkList } },
    },
    ...problems(),
  },
});

const build = route({
  scope: 'images:admin',
  method: 'post',
  path: '/v1/stage-images/build',
  tags,
  summary: 'Build the stage images that are missing or stale',
  request: { query: NoQuery, body: buildRequest.documented },
  responses: { 200: workEvents, ...problems() },
});

const pull = route({
  scope: 'images:admin',
  method: 'post',
  path: '/v1/stage-images/pull',
  tags,
  summary: 'Pull the stage images from a registry',
  request: { query: NoQuery, body: pullRequest.documented },
  responses: { 200: workEvents, ...problems('media-type.unsupported') },
});

const load = route({
  scope: 'images:admin',
  method: 'post',
  path: '/v1/stage-images/load',
  tags,
  summary: 'Load stage images from an archive that `save` gave',
  description:
    'The archive is looked through before Docker gets it. One that holds anything but stage images is refused as a whole.',
  request: {
    query: z.strictObject({
      trusted: z
        .enum(['true', 'false'])
        .default('false')
        .describe(
          'Load images that this installation does not know, too: the caller vouches for where they come from.',
        ),
    }),
    body: { required: true, content: archiveContent },
  },
  responses: { 200: workEvents, ...problems('media-type.unsupported', 'body.too-large') },
});

const save = route({
  scope: 'images:export',
  method: 'get',
  path: '/v1/stage-images/save',
  tags,
  summary: 'Save stage images as one archive',
  request: {
    query: z.strictObject({
      image: z
        .union([ImageQuery.transform((name) => [name]), z.array(ImageQuery)])
        .optional()
        .meta({ type: 'array', items: { type: 'string', enum: ImageQuery.options } })
        .describe('Only this image; may be repeated.'),
    }),
  },
  responses: {
    200: { description: 'A tar archive as `docker save` writes it.', content: archiveContent },
    ...problems('images.missing', 'images.mismatch', 'docker.unavailable'),
  },
});

export function stageImageRoutes(services: ApiServices): OpenAPIHono {
  const { images } = services;
  const app = new OpenAPIHono();
  const works = new ImageWorks();

  const answerWithEvents = (c: Context, work: ImageWork): Response => {
    const stop = new AbortController();
    const signal = untilSessionEnds(c, stop.signal, services.stopping);
    const events = imageWorkEvents(services, works, work, signal);
    const stream = eventStream(events, { stop, onError: (error) => presentable(error, services.log) });
    return new Response(stream, { headers: eventStreamHeaders });
  };

  app.openapi(list, async (c) => c.json({ items: await images.verify() }, 200));

  app.openapi(work, (c) => c.json({ items: works.list() }, 200));

  app.openapi(build, async (c) => {
    const { images: needed } = await buildRequest.read(c);
    return answerWithEvents(c, (onProgress: OnImageProgress, signal) => images.ensure(onProgress, signal, needed));
  });

  app.openapi(pull, async (c) => {
    const { from } = await pullRequest.read(c);
    return answerWithEvents(c, (onProgress, signal) => images.pull(from, onProgress, signal));
  });

  app.openapi(load, async (c) => {
    const trusted = c.req.valid('query').trusted === 'true';
    const body = c.req.raw.body;
    if (c.req.header('content-type') !== archiveType || !body)
      throw new LdfError('media-type.unsupported', 'An archive of stage images is expected here.', {
        hint: `Send it with Content-Type ${archiveType}: curl -T images.tar -X POST -H 'Content-Type: ${archiveType}' …`,
      });
    return answerWithEvents(c, (_onProgress, signal) =>
      images.load(Readable.from(bounded(body), { objectMode: false }), trusted, signal),
    );
  });

  app.openapi(save, async (c) => {
    const archive = await images.save(c.req.valid('query').image);
    return c.body(webStream(archive), 200, {
      'Content-Type': archiveType,
      'Content-Disposition': 'attachment; filename="ldf-stage-images.tar"',
    });
  });

  return app;
}

/** @throws LdfError `body.too-large` after so many bytes as no archive has. */
async function* bounded(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of body) {
    total += chunk.byteLength;
    if (total > apiBounds.maxArchiveBytes)
      throw new LdfError('body.too-large', `The archive is larger than ${apiBounds.maxArchiveBytes} bytes.`);
    yield chunk;
  }
}
