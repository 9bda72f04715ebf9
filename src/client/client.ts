/** The typed client of the API, for command line, web UI and tests. Nothing here needs Node. */
import * as z from 'zod';
import type { Architecture } from '../definition/definition.ts';
import type { Fix } from '../fix.ts';
import { Artifact, ArtifactOfBuild } from '../model/artifact.ts';
import { Build, BuildInputs, type BuildOptions, type BuildState, BuildSummary } from '../model/build.ts';
import { DefinitionCheck, type ValidateRequest } from '../model/check.ts';
import { ListedComponent } from '../model/component.ts';
import { GcReport, type GcRequest } from '../model/disk.ts';
import { Distribution, type DistributionInput, DistributionSummary } from '../model/distribution.ts';
import { ExampleList } from '../model/example.ts';
import { type LogEntry, LogPage } from '../model/journal.ts';
import { KeySet, KeySetList, type KeySetRequest } from '../model/key-set.ts';
import { LockAnswer, type LockDraftRequest, type LockRequest } from '../model/lock.ts';
import { page } from '../model/page.ts';
import { PlanSummary } from '../model/plan.ts';
import {
  KconfigAnswer,
  type KconfigQuery,
  KernelConfigAnswer,
  type KernelConfigRequest,
  PackageAnswer,
  type PackageQuery,
} from '../model/queries.ts';
import { type SessionRequest, SessionStatus, SignInCode } from '../model/session.ts';
import { AddedSource } from '../model/source.ts';
import { ImageWorkList, StageImageList } from '../model/stage-image.ts';
import { type Attempt, AttemptList } from '../model/stage-run.ts';
import { SettingList, type SettingStatus, SystemStatus } from '../model/system.ts';
import { Lock } from '../stages/lock.ts';
import type { ImageName, StageName } from '../stages/names.ts';
import { type EventOptions, followBuild, type PlacedEntry } from './build-events.ts';
import { type ChangeOptions, followChanges, type NumberedChange } from './change-events.ts';
import { type Fetch, Http, problemError } from './http.ts';
import { type ImageProgress, imageWork } from './image-events.ts';

export type { PlacedEntry } from './build-events.ts';
export type { NumberedChange } from './change-events.ts';
export type { ImageProgress } from './image-events.ts';

type Signal = AbortSignal | undefined;
interface PageQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
}
export interface LogQuery {
  stage?: StageName | undefined;
  attempt?: number | undefined;
  /** Position to read on after; 0 is the beginning, `end` the end as it is now. */
  after?: number | 'end' | undefined;
  signal?: Signal;
}

export type Client = ReturnType<typeof createClient>;

export interface ClientOptions {
  fetch?: Fetch;
  /** What the server wants to be asked with; in a browser its cookie does that. */
  token?: string | undefined;
  /** What is made of every JSON value that the server sends, before it is checked. */
  read?: (value: unknown) => unknown;
}

/**
 * Every method throws LdfError: what the API refused with, under its code, or `server.unreachable`. A `signal` that
 * fires makes it throw the signal's reason.
 */
export function createClient(baseUrl: string, options: ClientOptions = {}) {
  const fetch = options.fetch ?? ((...request: Parameters<Fetch>) => globalThis.fetch(...request));
  const http = new Http(baseUrl, fetch, options);
  return {
    /** The OpenAPI document of the server. */
    openapi: (signal?: Signal): Promise<unknown> => http.read(z.unknown(), 'GET', '/openapi.json', { signal }),
    /** Resolves when the API and its database answer. */
    health: async (signal?: Signal): Promise<void> => {
      await http.send('GET', '/healthz', { signal });
    },
    session: sessionMethods(http),
    system: (signal?: Signal): Promise<SystemStatus> => http.read(SystemStatus, 'GET', '/v1/system', { signal }),
    /** What changes in the lists; takes a lost connection up again. */
    changes: (options: ChangeOptions = {}): AsyncGenerator<NumberedChange> =>
      followChanges(http, '/v1/events', options),
    /** What the server was started with. */
    settings: async (signal?: Signal): Promise<SettingStatus[]> =>
      (await http.read(SettingList, 'GET', '/v1/system/settings', { signal })).items,
    /** Removes what is beyond the disk budget, or says what would go. */
    gc: (json: z.input<typeof GcRequest> = {}, signal?: Signal): Promise<GcReport> =>
      http.read(GcReport, 'POST', '/v1/gc', { json, signal }),
    distributions: distributionMethods(http),
    /** Resolves a definition that is not stored. */
    resolveLock: (json: z.input<typeof LockDraftRequest>, signal?: Signal): Promise<LockAnswer> =>
      http.read(LockAnswer, 'POST', '/v1/distributions/lock', { json, signal }),
    /** JSON Schema of a definition. */
    definitionSchema: (signal?: Signal) =>
      http.read(z.record(z.string(), z.unknown()), 'GET', '/v1/schema/definition', { signal }),
    /** Definitions to begin with. */
    examples: async (signal?: Signal) => (await http.read(ExampleList, 'GET', '/v1/examples', { signal })).items,
    queries: queryMethods(http),
    builds: buildMethods(http),
    artifacts: artifactMethods(http),
    components: componentMethods(http),
    keys: keyMethods(http),
    stageImages: stageImageMethods(http),
    sources: sourceMethods(http),
  };
}

function sessionMethods(http: Http) {
  const path = '/v1/session';
  return {
    /** As what the server knows us. */
    get: (signal?: Signal): Promise<SessionStatus> => http.read(SessionStatus, 'GET', path, { signal }),
    /** For browsers: the server answers with a cookie. */
    begin: (json: z.input<typeof SessionRequest>, signal?: Signal): Promise<SessionStatus> =>
      http.read(SessionStatus, 'POST', path, { json, signal }),
    end: async (signal?: Signal): Promise<void> => {
      await http.send('DELETE', path, { signal });
    },
    /** A code with which a browser signs in once. */
    code: (signal?: Signal): Promise<SignInCode> => http.read(SignInCode, 'POST', `${path}/codes`, { signal }),
  };
}

function distributionMethods(http: Http) {
  const base = '/v1/distributions';
  const path = (id: string) => `${base}/${encodeURIComponent(id)}`;
  return {
    list: (query: PageQuery & { name?: string | undefined } = {}, signal?: Signal) =>
      http.read(page(DistributionSummary), 'GET', base, { query: { ...query }, signal }),
    get: (id: string, signal?: Signal) => http.read(Distribution, 'GET', path(id), { signal }),
    create: (json: z.input<typeof DistributionInput>, signal?: Signal) =>
      http.read(Distribution, 'POST', base, { json, signal }),
    /** @param revision of what is replaced: where that was changed since, it stays, and `revision.stale` is thrown */
    update: (id: string, json: z.input<typeof DistributionInput>, revision?: string, signal?: Signal) => {
      const headers = revision === undefined ? {} : { 'if-match': `"${revision}"` };
      return http.read(Distribution, 'PUT', path(id), { json, headers, signal });
    },
    remove: async (id: string, signal?: Signal): Promise<void> => {
      await http.send('DELETE', path(id), { signal });
    },
    validate: (json: z.input<typeof ValidateRequest>, signal?: Signal) =>
      http.read(PlanSummary, 'POST', `${base}/validate`, { json, signal }),
    /** As validate, but what is wrong with the definition is in the answer; with what it could name instead. */
    check: async (json: z.input<typeof ValidateRequest>, signal?: Signal) => {
      const { plan, problem, choices } = await http.read(DefinitionCheck, 'POST', `${base}/check`, { json, signal });
      return { plan, error: problem && problemError(problem), choices };
    },
    lock: (id: string, json: z.input<typeof LockRequest> = {}, signal?: Signal) =>
      http.read(LockAnswer, 'POST', `${path(id)}/lock`, { json, signal }),
    getLock: (id: string, arch: Architecture, signal?: Signal) =>
      http.read(Lock, 'GET', `${path(id)}/locks/${arch}`, { signal }),
    /** With a key that was used before for the same request, gives the build that it made then. */
    build: (id: string, json: z.input<typeof BuildOptions> = {}, idempotencyKey?: string, signal?: Signal) => {
      const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
      return http.read(Build, 'POST', `${path(id)}/build`, { json, headers, signal });
    },
  };
}

/** The first answer about a suite or a kernel takes a stage container, and so seconds or minutes; later ones are at hand. */
function queryMethods(http: Http) {
  return {
    packages: (json: z.input<typeof PackageQuery>, signal?: Signal): Promise<PackageAnswer> =>
      http.read(PackageAnswer, 'POST', '/v1/queries/packages', { json, signal }),
    /** The finished configuration of a definition's kernel. */
    kernelConfig: (json: z.input<typeof KernelConfigRequest>, signal?: Signal): Promise<KernelConfigAnswer> =>
      http.read(KernelConfigAnswer, 'POST', '/v1/queries/kernel-config', { json, signal }),
    kconfig: (json: z.input<typeof KconfigQuery>, signal?: Signal): Promise<KconfigAnswer> =>
      http.read(KconfigAnswer, 'POST', '/v1/queries/kconfig', { json, signal }),
  };
}

interface BuildQuery extends PageQuery {
  state?: BuildState | undefined;
  arch?: Architecture | undefined;
  /** Id of a distribution. */
  distribution?: string | undefined;
}

function buildMethods(http: Http) {
  const base = '/v1/builds';
  const path = (id: string, part = '') => `${base}/${encodeURIComponent(id)}${part}`;
  const logPage = (id: string, { signal, ...query }: LogQuery & { limit?: number | undefined } = {}) =>
    http.read(LogPage, 'GET', path(id, '/logs'), { query, signal });
  return {
    list: (query: BuildQuery = {}, signal?: Signal) =>
      http.read(page(BuildSummary), 'GET', base, { query: { ...query }, signal }),
    get: (id: string, signal?: Signal) => http.read(Build, 'GET', path(id), { signal }),
    cancel: (id: string, signal?: Signal) => http.read(Build, 'POST', path(id, '/cancel'), { signal }),
    retry: (id: string, stage?: StageName, signal?: Signal) =>
      http.read(Build, 'POST', path(id, '/retry'), { json: stage === undefined ? {} : { stage }, signal }),
    /** The same with twice the time for whatever has a time limit. */
    retryWithMoreTime: (id: string, signal?: Signal) =>
      http.read(Build, 'POST', path(id, '/retry'), { json: { moreTime: true }, signal }),
    /** Changes the distribution as the failure of the build proposes; gives the build of that. */
    fix: (id: string, json: Fix, signal?: Signal) => http.read(Build, 'POST', path(id, '/fix'), { json, signal }),
    /** Builds again from nothing and compares; gives the build that does it. The verdict is kept with the build itself. */
    verify: (id: string, signal?: Signal) => http.read(Build, 'POST', path(id, '/verify'), { signal }),
    remove: async (id: string, signal?: Signal): Promise<void> => {
      await http.send('DELETE', path(id), { signal });
    },
    /** Every attempt and why it ran; of one stage or all. */
    attempts: async (id: string, stage?: StageName, signal?: Signal): Promise<Attempt[]> =>
      (await http.read(AttemptList, 'GET', path(id, '/attempts'), { query: { stage }, signal })).items,
    /** The finished configuration of its kernel. */
    kernelConfig: (id: string, signal?: Signal) =>
      http.read(KernelConfigAnswer, 'GET', path(id, '/kernel-config'), { signal }),
    /** What a build was made of, as it was recorded. */
    inputs: (id: string, signal?: Signal) => http.read(BuildInputs, 'GET', path(id, '/inputs'), { signal }),
    logPage,
    /** The log so far as plain text: that of a stage as its program wrote it, that of all with each line's stage. */
    async logText(id: string, { signal, ...query }: LogQuery = {}) {
      const headers = { accept: 'text/plain' };
      const { body } = await http.send('GET', path(id, '/logs'), { query, headers, signal });
      return stream(http, body, signal);
    },
    /** The log so far, line by line. */
    async *logs(id: string, query: LogQuery = {}): AsyncGenerator<LogEntry> {
      let after = query.after ?? 0;
      for (;;) {
        const { items, next } = await logPage(id, { ...query, after, limit: 10_000 });
        for (const { id: _position, ...line } of items) yield line;
        if (next === after || query.after === 'end') return;
        after = next;
      }
    },
    /** Where the journal ends now: events after it are those to come. */
    position: async (id: string, signal?: Signal): Promise<number> =>
      (await logPage(id, { after: 'end', limit: 1, signal })).next,
    /** Every entry of the journal once, up to the build's end; takes a lost connection up again. */
    events: (id: string, options: EventOptions = {}): AsyncGenerator<PlacedEntry> =>
      followBuild(http, path(id, '/events'), options),
    artifacts: async (id: string, signal?: Signal): Promise<Artifact[]> =>
      (await http.read(z.strictObject({ items: z.array(Artifact) }), 'GET', path(id, '/artifacts'), { signal })).items,
  };
}

function artifactMethods(http: Http) {
  const path = (id: string, part = '') => `/v1/artifacts/${encodeURIComponent(id)}${part}`;
  return {
    get: (id: string, signal?: Signal) => http.read(ArtifactOfBuild, 'GET', path(id), { signal }),
    /** The content, or the bytes from `start` to `end` (both included), as fast as it is read. */
    async content(id: string, options: { range?: { start: number; end: number }; signal?: Signal } = {}) {
      const { range, signal } = options;
      const headers = range ? { range: `bytes=${range.start}-${range.end}` } : {};
      const { body } = await http.send('GET', path(id, '/content'), { headers, signal });
      return stream(http, body, signal);
    },
  };
}

function componentMethods(http: Http) {
  const base = '/v1/components';
  const path = (kind: string, name: string) => `${base}/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;
  return {
    list: async (kind?: string, signal?: Signal): Promise<ListedComponent[]> =>
      (await http.read(z.strictObject({ items: z.array(ListedComponent) }), 'GET', base, { query: { kind }, signal }))
        .items,
    get: (kind: string, name: string, signal?: Signal) =>
      http.read(ListedComponent, 'GET', path(kind, name), { signal }),
    create: (json: unknown, signal?: Signal) => http.read(ListedComponent, 'POST', base, { json, signal }),
    update: (kind: string, name: string, json: unknown, signal?: Signal) =>
      http.read(ListedComponent, 'PUT', path(kind, name), { json, signal }),
    remove: async (kind: string, name: string, signal?: Signal): Promise<void> => {
      await http.send('DELETE', path(kind, name), { signal });
    },
  };
}

function keyMethods(http: Http) {
  const base = '/v1/keys';
  const path = (name: string) => `${base}/${encodeURIComponent(name)}`;
  return {
    list: async (signal?: Signal) => (await http.read(KeySetList, 'GET', base, { signal })).items,
    /** Makes a key set, or takes one in. */
    create: (json: z.input<typeof KeySetRequest>, signal?: Signal) => http.read(KeySet, 'POST', base, { json, signal }),
    /** PEM. */
    certificate: async (name: string, signal?: Signal) =>
      (await http.send('GET', `${path(name)}/certificate`, { signal })).text(),
    get: (name: string, signal?: Signal) => http.read(KeySet, 'GET', path(name), { signal }),
    /** For a key set of an earlier version. */
    addArtifactKey: (name: string, signal?: Signal) =>
      http.read(KeySet, 'POST', `${path(name)}/artifact-key`, { signal }),
    remove: async (name: string, signal?: Signal): Promise<void> => {
      await http.send('DELETE', path(name), { signal });
    },
  };
}

function sourceMethods(http: Http) {
  return {
    /** Sends a file to the source store. `sha256`: what it should be. */
    add: (
      content: ReadableStream<Uint8Array<ArrayBuffer>> | Blob,
      { filename, sha256, signal }: { filename: string; sha256?: string | undefined; signal?: Signal },
    ): Promise<AddedSource> =>
      http.read(AddedSource, 'POST', '/v1/sources', {
        ...{ body: content, contentType: 'application/octet-stream', signal },
        query: { filename, sha256 },
      }),
  };
}

function stageImageMethods(http: Http) {
  const base = '/v1/stage-images';
  return {
    list: async (signal?: Signal) => (await http.read(StageImageList, 'GET', base, { signal })).items,
    /** What goes on now, whoever asked for it. */
    work: async (signal?: Signal) => (await http.read(ImageWorkList, 'GET', `${base}/work`, { signal })).items,
    /** Builds what is missing or stale, of the named images or of all. */
    build: (images?: readonly ImageName[], signal?: Signal): AsyncGenerator<ImageProgress> =>
      imageWork(http, `${base}/build`, { json: { images }, signal }),
    /** Pulls all of them from `<from>/<image>`. */
    pull: (from: string, signal?: Signal): AsyncGenerator<ImageProgress> =>
      imageWork(http, `${base}/pull`, { json: { from }, signal }),
    /** Takes in an archive that `save` gave. `trusted`: also images that the server does not know. */
    async load(
      archive: ReadableStream<Uint8Array<ArrayBuffer>> | Blob,
      { trusted, signal }: { trusted: boolean; signal?: Signal },
    ): Promise<void> {
      const options = { body: archive, contentType: 'application/x-tar', query: { trusted: String(trusted) }, signal };
      const work = imageWork(http, `${base}/load`, options);
      for await (const _progress of work);
    },
    /** A tar archive of the named images, by default all. */
    async save(names: readonly ImageName[] = [], signal?: Signal) {
      const { body } = await http.send('GET', `${base}/save`, { query: { image: names }, signal });
      return stream(http, body, signal);
    },
  };
}

/** A body whose failure is told as an LdfError. */
async function* stream(
  http: Http,
  body: ReadableStream<Uint8Array> | null,
  signal: Signal,
): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } catch (error) {
    throw http.explain(error, signal);
  } finally {
    // Rejects when the connection broke, which is told already.
    await reader.cancel().catch(() => undefined);
  }
}
