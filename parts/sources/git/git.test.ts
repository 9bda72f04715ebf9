import { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { KernelGroup } from '../../../src/stages/lock.ts';
import { straightNetwork } from '../../../src/stages/network.ts';
import type { SourceFile } from '../../../src/stages/source-file.ts';
import { fetchSources } from '../../../stage-images/rootfs-assembler/fetch-sources.ts';
import { Reachable } from '../../../stage-images/rootfs-assembler/reachable.ts';
import { RunWeb } from '../../../stage-images/rootfs-assembler/run-web.ts';
import { WebClient } from '../../../stage-images/rootfs-assembler/web-client.ts';
import { answerGit } from '../../../test/fixtures/git-server.ts';
import { makeSigner, type Signer } from '../../../test/fixtures/signer.ts';
import type { SourceContext } from '../source.ts';
import { git } from './git.ts';
import { gitMaker } from './maker.ts';
import { type Bounds, withRepository } from './repository.ts';
import { gitResolver } from './resolver.ts';

const wishesSha256 = 'e'.repeat(64);
const makefile = 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 40\nEXTRAVERSION = -rc1\n';

let signer: Signer;
let stranger: Signer;
let root: string;
const commits: Record<string, string> = {};

async function run(args: readonly string[], signed?: Signer): Promise<string> {
  const env = { GIT_CONFIG_GLOBAL: join(root, 'none'), GIT_CONFIG_NOSYSTEM: '1', ...signed?.git.env };
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...(signed?.git.config ?? [])];
  return (await execa('git', [...who, '-C', join(root, 'work'), ...args], { env })).stdout;
}

async function commit(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, 'work', path)), { recursive: true });
    await writeFile(join(root, 'work', path), content);
  }
  await run(['add', '--all']);
  await run(['commit', '--quiet', '--message', name]);
  commits[name] = await run(['rev-parse', 'HEAD']);
}

beforeAll(async () => {
  [signer, stranger] = await Promise.all([makeSigner(), makeSigner('A stranger')]);
  root = await mkdtemp(join(tmpdir(), 'ldf-repositories-'));
  await execa('git', ['init', '--quiet', join(root, 'work')]);
  await commit('other', { README: 'no kernel' });
  await commit('kernel', { Makefile: makefile, 'mm/Kconfig': 'config A', 'init/main.c': 'int main;' });
  await run(['tag', 'plain']);
  await run(['tag', '--annotate', '--message', 'no signature', 'annotated']);
  await run(['tag', '--sign', '--message', 'signed', 'v6.12.40'], signer);
  await run(['tag', '--sign', '--message', 'signed', 'strange'], stranger);
  // What a server could do: an old tag under a new name.
  await run(['update-ref', 'refs/tags/v6.12.99', 'refs/tags/v6.12.40']);
  await commit('newer', {
    'init/main.c': 'int other;',
    random: Array.from({ length: 2000 }, () => Math.random()).join(),
  });
  await execa('git', ['clone', '--quiet', '--bare', join(root, 'work'), join(root, 'linux.git')]);
  await cp(join(root, 'work/.git/refs/tags'), join(root, 'linux.git/refs/tags'), { recursive: true });
});
afterAll(async () => {
  await Promise.all([signer.end(), stranger.end()]);
  await rm(root, { recursive: true });
});

let server: Server;
let client: WebClient;
let work: string;
let asked: string[] = [];
let answer: RequestListener;
const served: RequestListener = (request, response) => answerGit(root, request, response);
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'ldf-git-'));
  client = new WebClient(straightNetwork, new Reachable({ allowed: ['127.0.0.1'], mirrors: [] }), undefined);
  asked = [];
  answer = served;
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(work, { recursive: true });
});

const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const context = () =>
  ({
    work,
    log: () => undefined,
    web: new RunWeb({ client, log: () => undefined, attempts: 2, backOffMs: 1, stallMs: 2000 }),
  }) as unknown as SourceContext;

function resolved(
  params: object,
  { version = '6.12', previous, path = '/linux.git' }: { version?: string; previous?: KernelGroup; path?: string } = {},
) {
  const all = { url: at(path), ...params };
  return gitResolver
    .make(all)
    .resolve(context(), { wishesSha256, source: { use: 'git', params: all }, version }, previous);
}

/** As the download does, into a store of its own. */
function fetched(sources: readonly SourceFile[], store: string) {
  const options = { client, elsewhere: { mirrors: [], snapshot: null, dates: [] }, log: () => undefined };
  return fetchSources(sources, join(store, 'sha256'), {
    ...options,
    progress: () => undefined,
    make: ({ madeBy, url }, target) => gitMaker.make(madeBy?.params).make(context(), url, target),
  });
}

describe('a commit', () => {
  test('is pinned with the archive that its tree comes to, which is the same each time', async () => {
    const group = await resolved({ commit: commits.kernel });
    expect(group).toEqual({
      ...{ wishesSha256, version: '6.12.40', sourceDate: expect.any(Number) },
      sources: [
        {
          ...{ url: at('/linux.git'), madeBy: { use: 'git', params: { commit: commits.kernel } } },
          ...{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), sizeBytes: expect.any(Number) },
          ...{ filename: `linux-${commits.kernel?.slice(0, 12)}.tar`, name: 'linux', version: '6.12.40' },
        },
      ],
    });
    const store = join(work, 'store');
    await expect(fetched(group.sources, store)).resolves.toMatchObject({ fetched: 1 });
    // Nobody is asked for what is there.
    asked = [];
    await expect(fetched(group.sources, store)).resolves.toMatchObject({ fetched: 0 });
    expect(asked).toEqual([]);
    const file = await git.make({}).verify(group.sources, store);
    await git.make({}).unpack(file, { folder: join(work, 'tree'), progress: () => undefined });
    expect((await readdir(join(work, 'tree'))).sort()).toEqual(['Makefile', 'README', 'init', 'mm']);
    // Nothing is left of what was fetched on the way.
    expect((await readdir(work)).sort()).toEqual(['store', 'tree']);
    expect((await stat(join(store, 'sha256', group.sources[0]?.sha256 ?? ''))).size).toBe(group.sources[0]?.sizeBytes);
  });

  test('that the lock has is asked of nobody, unless another version is wanted', async () => {
    const before = await resolved({ commit: commits.kernel });
    asked = [];
    expect(await resolved({ commit: commits.kernel }, { previous: before, path: '/moved.git' })).toEqual({
      ...before,
      sources: [{ ...before.sources[0], url: at('/moved.git') }],
    });
    expect(asked).toEqual([]);
    await expect(resolved({ commit: commits.kernel }, { previous: before, version: '6.1' })).rejects.toMatchObject({
      error: { code: 'kernel.version-mismatch', details: [{ pointer: '/kernel/version', value: '6.1' }] },
    });
  });

  test('whose archive is another than the lock names is refused', async () => {
    const { sources } = await resolved({ commit: commits.kernel });
    const other = sources.map((source) => ({ ...source, sha256: 'f'.repeat(64) }));
    await expect(fetched(other, join(work, 'store'))).rejects.toMatchObject({
      error: { code: 'source.hash-mismatch', message: expect.stringContaining(sources[0]?.sha256 ?? '-') },
    });
    expect(await readdir(join(work, 'store/sha256'))).toEqual([]);
  });

  test.each([
    ['that is not there', () => 'a'.repeat(40), 'source.gone', /is not in http/],
    ['of another project', () => commits.other, 'kernel.source-unusable', /no Linux kernel/],
    ['that is a tree', () => run(['rev-parse', `${commits.kernel}^{tree}`]), 'source.unusable', /is a tree/],
  ])('%s is refused', async (_what, commit, code, words) => {
    const value = await commit();
    await expect(resolved({ commit: value })).rejects.toMatchObject({
      error: {
        code,
        message: expect.stringMatching(words),
        details: [{ pointer: '/kernel/commit', value, hint: expect.any(String) }],
      },
    });
  });
});

describe('a tag', () => {
  const key = () => signer.publicKey;

  test('with a signature is the commit that it names', async () => {
    const group = await resolved({ tag: 'v6.12.40', publicKey: key() });
    expect(group.sources[0]?.madeBy).toEqual({ use: 'git', params: { commit: commits.kernel } });
    expect(group).toEqual(await resolved({ commit: commits.kernel }));
    await expect(resolved({ tag: 'v6.12.40', commit: commits.kernel, publicKey: key() })).resolves.toEqual(group);
  });

  test.each([
    ['plain', {}, /without a signature/],
    ['annotated', {}, /without a signature/],
    ['strange', {}, /which is none of those/],
    ['v6.12.99', {}, /signed under another name, v6\.12\.40/],
    ['v6.12.40', { commit: 'b'.repeat(40) }, /kernel\.commit names b/],
  ])('%s %j is refused', async (tag, more, words) => {
    await expect(resolved({ tag, publicKey: key(), ...more })).rejects.toMatchObject({
      error: {
        code: 'source.unverified',
        message: expect.stringMatching(words),
        details: [{ pointer: '/kernel/tag', value: tag, hint: expect.stringContaining('kernel.commit') }],
      },
    });
  });

  test('that is not there is told', async () => {
    await expect(resolved({ tag: 'v7', publicKey: key() })).rejects.toMatchObject({
      error: { code: 'source.gone', details: [{ pointer: '/kernel/tag', value: 'v7' }] },
    });
  });
});

describe('a server', () => {
  const failing = (bounds: Partial<Bounds> = {}) =>
    expect(
      withRepository(context(), at('/linux.git'), (repository) => repository.fetchCommit(commits.newer ?? ''), {
        attempts: 2,
        ...bounds,
      }),
    ).rejects;
  const error = (code: string, words: RegExp) => ({
    error: {
      code,
      message: expect.stringMatching(words),
      details: [{ pointer: '/kernel/url', hint: expect.any(String) }],
    },
  });
  /** The references are told, and what comes after that is as the test has it. */
  const afterReferences =
    (then: RequestListener): RequestListener =>
    (request, response) =>
      (request.method === 'GET' ? served : then)(request, response);

  test('may have moved the repository', async () => {
    answer = (request, response) => {
      const { url = '' } = request;
      if (url.startsWith('/old')) response.writeHead(301, { location: url.replace('/old', '/linux.git') }).end();
      else served(request, response);
    };
    await expect(resolved({ commit: commits.kernel }, { path: '/old/' })).resolves.toMatchObject({
      version: '6.12.40',
    });
  });

  test('redirects in a circle', async () => {
    answer = ({ url = '' }, response) => void response.writeHead(302, { location: url }).end();
    await failing().toMatchObject(error('source.unreachable', /redirects more than/));
  });

  test('redirects what is fetched: that is not followed, for nobody has looked it over', async () => {
    answer = afterReferences((_request, response) => void response.writeHead(307, { location: at('/other') }).end());
    await failing().toMatchObject(error('source.unreachable', /could not be fetched/));
    expect(asked.some((one) => one.includes('/other'))).toBe(false);
  });

  test('cuts the connection, each time', async () => {
    answer = afterReferences((_request, response) => void response.write('0', () => response.destroy()));
    await failing().toMatchObject({ error: { code: 'source.unreachable', retry: 'same' } });
    expect(asked.filter((one) => one.startsWith('POST')).length).toBe(2);
  });

  test('has no such repository, or something else', async () => {
    await expect(resolved({ commit: commits.kernel }, { path: '/none.git' })).rejects.toMatchObject(
      error('source.gone', /none\.git/),
    );
    answer = (_request, response) => void response.end('<html>');
    await failing().toMatchObject(error('source.unusable', /no repository/));
  });

  test('sends too much', async () => {
    await failing({ mostBytes: 4096 }).toMatchObject(error('source.too-large', /more than 4096 bytes/));
  });

  test('stands still, or sends too slowly', async () => {
    answer = afterReferences(() => undefined);
    await failing({ stallSeconds: 1, attempts: 1 }).toMatchObject(error('source.unreachable', /too slow/i));
    await failing({ mostMs: 300, attempts: 1 }).toMatchObject(error('source.unreachable', /not all there after 0\.3/));
  });

  test('that downloads may not reach is not asked', async () => {
    await client.close();
    client = new WebClient(straightNetwork, new Reachable({ allowed: [], mirrors: [] }), undefined);
    await failing().toMatchObject(error('source.refused', /not a public address/));
    expect(asked).toEqual([]);
  });
});
