/** A scriptable world behind the API: everything in memory, nothing of Docker or a database. */
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { expect } from 'vitest';
import { AccessControl } from '../../../src/access/access-control.ts';
import { createApp } from '../../../src/api/app.ts';
import { readAtOnce } from '../../../src/api/documents.ts';
import { allowedHostNames } from '../../../src/api/guard.ts';
import { loadCatalog } from '../../../src/catalog/catalog.ts';
import { loadConfig } from '../../../src/config.ts';
import { LiveCatalog } from '../../../src/live-catalog.ts';
import { Problem } from '../../../src/model/problem.ts';
import type { StageImageStatus } from '../../../src/model/stage-image.ts';
import type { OnImageProgress } from '../../../src/runtime/images.ts';
import type { RuntimeInfo, StageImage } from '../../../src/runtime/runtime.ts';
import { forEachImage } from '../../../src/stages/names.ts';
import { FakeBuilds } from './fake-builds.ts';
import { FakeArtifacts, FakeStore } from './fake-store.ts';

const missing: StageImageStatus = {
  name: 'kernel-builder',
  state: 'missing',
  problem: 'This installation has no kernel-builder yet.',
  id: null,
  identity: null,
  origin: null,
  sizeBytes: null,
};
const image: StageImage = {
  name: 'kernel-builder',
  id: 'sha256:1',
  identity: '1',
  sources: null,
  origin: 'built',
  sizeBytes: 1,
};

export class FakeImages {
  loaded = '';
  trusted: boolean | undefined;
  loadSignal: AbortSignal | undefined;
  /** Thrown by work when it has said what it says. */
  failure: unknown;
  unavailable: unknown;

  async verify() {
    if (this.unavailable) throw this.unavailable;
    return [missing];
  }

  async ensure(onProgress: OnImageProgress) {
    for (const text of ['one', 'two']) onProgress({ image: 'base', kind: 'log', step: 0, steps: 0, text });
    if (this.failure) throw this.failure;
    return forEachImage(() => image);
  }

  async save(names?: readonly string[]) {
    return Readable.from([Buffer.from(`a tar of ${names?.join() ?? 'all'}`)]);
  }

  async load(archive: Readable, trusted: boolean, signal?: AbortSignal) {
    this.trusted = trusted;
    this.loadSignal = signal;
    for await (const chunk of archive) this.loaded += String(chunk);
    return [image];
  }

  async pull(prefix: string, onProgress: OnImageProgress) {
    onProgress({ image: 'kernel-builder', kind: 'step', step: 0, steps: 0, text: `pulling ${prefix}` });
    return [image];
  }
}

export class FakeRuntime {
  failure: unknown;

  async info(): Promise<RuntimeInfo> {
    if (this.failure) throw this.failure;
    return {
      version: '20.10.24',
      cpus: 2,
      memoryBytes: 1 << 30,
      architecture: 'x86_64' as const,
      kvm: false,
      rootFolder: '/',
      problems: [],
    };
  }
}

const components = fileURLToPath(new URL('../../../components', import.meta.url));

/** The application on fakes; what it logs is gathered in `logged`. */
export async function createWorld(options: { host?: string; allowedHosts?: string[]; access?: AccessControl } = {}) {
  const logged: { level: number; msg: string; incident?: string; status?: number }[] = [];
  const log: Logger = pino({ level: 'trace', base: null }, { write: (line) => void logged.push(JSON.parse(line)) });
  const stopping = new AbortController();
  const parts = {
    builds: new FakeBuilds(),
    store: new FakeStore(),
    artifacts: new FakeArtifacts(),
    images: new FakeImages(),
    runtime: new FakeRuntime(),
  };
  const catalog = new LiveCatalog(await loadCatalog(components), parts.store, log);
  const app = createApp({
    ...parts,
    access: options.access ?? new AccessControl('none'),
    catalog: () => catalog.read(),
    documents: readAtOnce,
    log,
    allowedHosts: allowedHostNames(options.host ?? '127.0.0.1', options.allowedHosts ?? []),
    dataDir: '/data',
    settings: loadConfig({ LDF_DATA_DIR: '/data', LDF_PORT: '9999' }).inForce,
    examplesDir: fileURLToPath(new URL('../../../examples', import.meta.url)),
    webuiDir: import.meta.dirname,
    version: '1.2.3',
    stopping: stopping.signal,
  });
  const json = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return { app, json, stopping, logged, ...parts };
}

export type World = Awaited<ReturnType<typeof createWorld>>;

/** The problem document of an answer, which must have that status and code. */
export async function problem(answer: Response, status: number, code: string): Promise<Problem> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const body = Problem.parse(await answer.json());
  expect(body).toMatchObject({ status, code, type: expect.stringMatching(/^urn:ldf:error:/) });
  return body;
}
