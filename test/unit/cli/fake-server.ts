/** An API on 127.0.0.1 that plays a script: what the command line is tested against. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Build } from '../../../src/model/build.ts';
import type { Distribution } from '../../../src/model/distribution.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import type { Problem as ProblemDocument } from '../../../src/model/problem.ts';
import type { StageImageStatus } from '../../../src/model/stage-image.ts';
import { imageNames } from '../../../src/stages/names.ts';
import { at, build } from './terminal.ts';

interface Sent {
  method: string;
  path: string;
  body: unknown;
  headers: IncomingMessage['headers'];
}

export interface FakeServer {
  url: string;
  /** What was asked for, in order; GET requests only by their path. */
  requests: Sent[];
  /** The build there is; its events come from `journal`. */
  build: Build;
  distribution: Distribution | undefined;
  /** Told one after the other; after the last the stream stays open unless that was `end`. */
  journal: JournalEntry[];
  images: StageImageStatus[];
  contents: Map<string, Buffer>;
  /** Whether it takes the token that it is sent. */
  signedIn: boolean;
  /** Answers of single requests by `METHOD /path`, before anything else. */
  answers: Map<string, (request: Sent) => unknown>;
  /** Cuts the connection after so many events, once. */
  cutAfter: number | undefined;
  /** Called when an event stream has told all there is. */
  onTold: () => void;
  /** Adds to the journal of a stream that is open. */
  tell(...entries: JournalEntry[]): void;
  close(): Promise<void>;
}

/** Throw it from an answer. */
export class Problem extends Error {
  readonly document: ProblemDocument;
  constructor(status: number, code: string, detail: string, more: Partial<ProblemDocument> = {}) {
    super(detail);
    this.document = { type: `urn:ldf:error:${code}`, title: code, status, code, detail, ...more };
  }
}

export const image = (name: StageImageStatus['name'], state: StageImageStatus['state'] = 'ok'): StageImageStatus => ({
  name,
  state,
  problem: state === 'ok' ? null : `${name} is ${state}; run ldf images build.`,
  id: null,
  identity: null,
  origin: null,
  sizeBytes: null,
});

export async function startFakeServer(): Promise<FakeServer> {
  const streams = new Set<() => void>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://fake');
    const raw = await text(request);
    const sent: Sent = {
      method: request.method ?? '',
      path: url.pathname,
      body: raw && request.headers['content-type'] === 'application/json' ? JSON.parse(raw) : raw,
      headers: request.headers,
    };
    fake.requests.push(sent);
    try {
      const key = `${sent.method} ${sent.path}`;
      const own = fake.answers.get(key);
      if (own) return json(response, 200, own(sent));
      if (key === `GET /v1/builds/${fake.build.id}/events`)
        return events(response, Number(request.headers['last-event-id'] ?? 0));
      if (key === 'POST /v1/stage-images/build') return buildImages(response);
      const content = /^\/v1\/artifacts\/(.+)\/content$/.exec(sent.path)?.[1];
      if (content) return void response.end(fake.contents.get(content));
      json(response, sent.method === 'POST' ? 202 : 200, routes(key, sent));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      response.writeHead(error.document.status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(error.document));
    }
  }

  function routes(key: string, { body, path }: Sent): unknown {
    const { id } = fake.build;
    switch (key) {
      case 'GET /healthz':
        return { status: 'ok', version: '0' };
      case 'GET /v1/session':
        return { authentication: 'token', signedIn: fake.signedIn, scopes: [], expiresAt: null };
      case 'GET /v1/stage-images':
        return { items: fake.images };
      case 'GET /v1/distributions': {
        if (!fake.distribution) return { items: [], nextCursor: null };
        const { definition: _definition, locks: _locks, ...summary } = fake.distribution;
        return { items: [summary], nextCursor: null };
      }
      case 'POST /v1/distributions':
      case 'PUT /v1/distributions/01DISTRIBUTION':
        fake.distribution = { ...(fake.distribution ?? distribution()), ...locksOf(body) };
        return fake.distribution;
      case 'GET /v1/distributions/01DISTRIBUTION':
        return fake.distribution;
      case 'GET /v1/builds':
        return { items: [fake.build], nextCursor: null };
      case `GET /v1/builds/${id}/logs`:
        return { items: [], next: 0 };
      case 'POST /v1/distributions/01DISTRIBUTION/build':
      case `POST /v1/builds/${id}/retry`:
      case `POST /v1/builds/${id}/cancel`:
      case `GET /v1/builds/${id}`:
        return fake.build;
      default:
        throw new Problem(404, 'not-found', `There is nothing at ${path}.`);
    }
  }

  function events(response: ServerResponse, after: number): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    let position = after;
    const tell = () => {
      for (; position < fake.journal.length; position += 1) {
        const entry = fake.journal[position];
        if (fake.cutAfter === position) {
          fake.cutAfter = undefined;
          return void response.destroy();
        }
        response.write(`id: ${position + 1}\nevent: ${entry?.type}\ndata: ${JSON.stringify(entry)}\n\n`);
        if (entry?.type === 'end') return void response.end();
      }
      fake.onTold();
    };
    streams.add(tell);
    response.on('close', () => streams.delete(tell));
    tell();
  }

  function buildImages(response: ServerResponse): void {
    const progress = { image: 'boot-tester', kind: 'step', step: 1, steps: 2, text: 'RUN apt-get install' };
    fake.images = imageNames.map((name) => image(name));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(
      `event: progress\ndata: ${JSON.stringify(progress)}\n\nevent: done\ndata: ${JSON.stringify({ items: fake.images })}\n\n`,
    );
  }

  const fake: FakeServer = {
    url: '',
    requests: [],
    build: build(),
    distribution: undefined,
    journal: [],
    images: imageNames.map((name) => image(name)),
    contents: new Map(),
    signedIn: true,
    answers: new Map(),
    cutAfter: undefined,
    onTold: () => undefined,
    tell(...entries) {
      fake.journal.push(...entries);
      for (const tell of streams) tell();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  fake.url = `http://127.0.0.1:${address.port}`;
  return fake;
}

export function distribution(change: Partial<Distribution> = {}): Distribution {
  return {
    id: '01DISTRIBUTION',
    name: 'edge',
    version: '1.2',
    arch: 'x86_64',
    definition: { name: 'edge', arch: 'x86_64' },
    locks: {},
    components: [],
    createdAt: at(0),
    updatedAt: at(0),
    lastBuild: null,
    ...change,
  };
}

function locksOf(body: unknown): Partial<Distribution> {
  if (typeof body !== 'object' || body === null || !('lock' in body)) return {};
  return { locks: { x86_64: { version: 1, arch: 'x86_64' } } };
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
