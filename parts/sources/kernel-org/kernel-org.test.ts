import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { KernelGroup } from '../../../src/stages/lock.ts';
import { straightNetwork } from '../../../src/stages/network.ts';
import { fetchSources } from '../../../stage-images/rootfs-assembler/fetch-sources.ts';
import { Reachable } from '../../../stage-images/rootfs-assembler/reachable.ts';
import { RunWeb, type WebOptions } from '../../../stage-images/rootfs-assembler/run-web.ts';
import { WebClient } from '../../../stage-images/rootfs-assembler/web-client.ts';
import { makeSigner, type Signer } from '../../../test/fixtures/signer.ts';
import type { SourceContext } from '../source.ts';
import { folderOf, newestOf, offersIn, releasesIn } from './releases.ts';
import { kernelOrgResolver } from './resolver.ts';

const wishesSha256 = 'e'.repeat(64);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const archive = (version: string) => `the tree of ${version}`.repeat(1000);
const versions = ['6.1', '6.1.9', '6.1.10', '6.12', '6.12.30', '6.12.4'];
const sums = versions.map((version) => `${sha256(archive(version))}  linux-${version}.tar.xz\n`).join('');

let signer: Signer;
let stranger: Signer;
let list: string;
beforeAll(async () => {
  [signer, stranger] = await Promise.all([makeSigner(), makeSigner('A stranger')]);
  list = await signer.clearsign(
    `${sums}${'0'.repeat(64)}  patch-6.12.31.xz\n${'1'.repeat(64)}  linux-6.12.99.tar.gz\n`,
  );
});
afterAll(() => Promise.all([signer.end(), stranger.end()]));

let server: Server;
let client: WebClient;
let work: string;
let asked: string[] = [];
/** What the server does for the start of a path; anything else is a 404. */
let answers: Record<string, RequestListener> = {};
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'ldf-kernel-org-'));
  client = new WebClient(straightNetwork, new Reachable({ allowed: ['127.0.0.1'], mirrors: [] }), undefined);
  asked = [];
  answers = { '/good/v6.x/': published };
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = Object.entries(answers).find(([start]) => path.startsWith(start))?.[1];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(work, { recursive: true });
});

/** As the site answers. */
const published: RequestListener = ({ url = '' }, response) => {
  const version = /linux-(.*)\.tar\.xz$/.exec(url)?.[1];
  response.setHeader('last-modified', 'Thu, 24 Jul 2025 06:00:00 GMT');
  if (url.endsWith('/sha256sums.asc')) response.end(list);
  else if (version && versions.includes(version)) response.end(archive(version));
  else response.writeHead(404).end();
};
const says =
  (text: string): RequestListener =>
  (_request, response) =>
    void response.end(text);

const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

interface Given {
  mirrors?: string[];
  keys?: string[];
  previous?: KernelGroup;
  options?: Partial<WebOptions>;
}

function resolved(version: string, { mirrors = ['/good'], keys = [signer.publicKey], previous, options }: Given = {}) {
  const web = new RunWeb({ client, log: () => undefined, attempts: 2, backOffMs: 1, ...options });
  const params = { mirrors: mirrors.map(at), keys };
  return kernelOrgResolver
    .make(params)
    .resolve(
      { web, work, log: () => undefined } as unknown as SourceContext,
      { wishesSha256, source: { use: 'kernel-org', params }, version },
      previous,
    );
}

describe('choosing', () => {
  test('the newest of a series, with the sha256 of the signed list', async () => {
    expect(await resolved('6.12')).toEqual({
      ...{ wishesSha256, version: '6.12.30', sourceDate: 1_753_336_800 },
      sources: [
        {
          ...{ url: at('/good/v6.x/linux-6.12.30.tar.xz'), sha256: sha256(archive('6.12.30')) },
          ...{ sizeBytes: archive('6.12.30').length, filename: 'linux-6.12.30.tar.xz' },
          ...{ name: 'linux', version: '6.12.30' },
        },
      ],
    });
  });

  test.each([
    ['6.12.4', 'linux-6.12.4.tar.xz', '6.12.4'],
    ['6.1', 'linux-6.1.10.tar.xz', '6.1.10'],
    ['6.12.0', 'linux-6.12.tar.xz', '6.12.0'],
  ])('%s is %s', async (wanted, filename, version) => {
    expect(await resolved(wanted)).toMatchObject({ version, sources: [{ filename, version }] });
  });

  test.each([
    ['6.12.99', /Of 6\.12 there are 6\.12\.0 to 6\.12\.30/],
    ['6.7', /There are 6\.1, 6\.12\./],
    ['9.1', /was released/],
  ])('what there is not: %s', async (wanted, hint) => {
    await expect(resolved(wanted)).rejects.toMatchObject({
      error: {
        code: 'kernel.unavailable',
        message: expect.stringContaining(`Linux ${wanted}`),
        details: [{ pointer: '/kernel/version', value: `"${wanted}"`, hint: expect.stringMatching(hint) }],
      },
    });
  });

  test('a file that the lock has keeps its size and date, and is asked of nobody', async () => {
    const before = { ...(await resolved('6.12')), sourceDate: 5 };
    asked = [];
    expect(await resolved('6.12.30', { previous: before })).toEqual(before);
    expect(asked).toEqual(['/good/v6.x/sha256sums.asc']);
  });
});

describe('the signature', () => {
  const refused = (mirrors: string[], given: Given = {}) => expect(resolved('6.12', { ...given, mirrors })).rejects;
  const error = (words: RegExp) => ({
    error: {
      code: 'source.unverified',
      message: expect.stringMatching(words),
      hint: expect.stringContaining('params'),
      details: [
        { pointer: '/kernel/source', value: expect.stringMatching(/sha256sums\.asc$/), hint: expect.any(String) },
      ],
    },
  });

  test('of another key', async () => {
    await refused(['/good'], { keys: [stranger.publicKey] }).toMatchObject(
      error(/signed with the key [0-9A-F]{16}, which is none/),
    );
    await expect(resolved('6.12', { keys: [stranger.publicKey, signer.publicKey] })).resolves.toBeTruthy();
  });

  test('of a list that was changed', async () => {
    answers['/changed/'] = says(list.replace(sha256(archive('6.12.30')), 'f'.repeat(64)));
    await refused(['/changed']).toMatchObject(error(/was changed after it was signed/));
  });

  test('is missing', async () => {
    answers['/plain/'] = says(sums);
    await refused(['/plain']).toMatchObject(error(/has no signature/));
  });

  test('what stands around it does not count', async () => {
    answers['/around/v6.x/sha256sums.asc'] = says(`${'f'.repeat(64)}  linux-6.12.77.tar.xz\n${list}`);
    answers['/around/'] = published;
    expect((await resolved('6.12', { mirrors: ['/around'] })).version).toBe('6.12.30');
  });

  test('of a key that has expired', async () => {
    const expired = await makeSigner('Expired', 'seconds=3');
    const signed = await expired.clearsign(sums);
    await expect
      .poll(async () => {
        answers['/expired/'] = says(signed);
        return resolved('6.12', { mirrors: ['/expired'], keys: [expired.publicKey] }).then(
          () => '',
          (reason) => String(reason),
        );
      })
      .toMatch(/expired/);
    await expired.end();
  });

  test('keys are public keys, in text', () => {
    const make = (key: string) => () => kernelOrgResolver.make({ mirrors: ['https://a.example'], keys: [key] });
    expect(make('mQINBFEBWz4BEAC5')).toThrow(/gpg --armor --export/);
    expect(make(signer.publicKey.replaceAll('PUBLIC', 'PRIVATE'))).toThrow(/public keys/);
    expect(make(`${signer.publicKey}\n${stranger.publicKey}`)).not.toThrow();
  });
});

describe('mirrors', () => {
  test('are asked one after the other; the lock names them all', async () => {
    answers['/down/'] = (_request, response) => void response.writeHead(500).end();
    answers['/changed/'] = says(list.replace('6.12.4', '6.12.5'));
    const { sources } = await resolved('6.12', { mirrors: ['/down', '/changed', '/good'] });
    const file = 'v6.x/linux-6.12.30.tar.xz';
    expect(sources).toMatchObject([
      { url: at(`/good/${file}`), elsewhere: [at(`/down/${file}`), at(`/changed/${file}`)] },
    ]);
  });

  test('the file is fetched from another one where it is cut off, wrong or gone', async () => {
    const text = archive('6.12.30');
    answers['/other/v6.x/linux'] = (_request, response) => {
      response.setHeader('content-length', text.length);
      response.write(text.slice(0, 100), () => response.destroy());
    };
    answers['/other/'] = published;
    const { sources } = await resolved('6.12', { mirrors: ['/other', '/good', '/gone'] });
    expect(sources[0]?.url).toBe(at('/other/v6.x/linux-6.12.30.tar.xz'));
    const options = { client, elsewhere: { mirrors: [], snapshot: null, dates: [] } };
    const quiet = { progress: () => undefined, log: () => undefined, attempts: 2, backOffMs: 1 };
    await expect(fetchSources(sources, join(work, 'a'), { ...options, ...quiet })).resolves.toMatchObject({
      fetched: 1,
    });
    answers['/other/v6.x/linux'] = says(`${text.slice(1)}x`);
    await expect(fetchSources(sources, join(work, 'b'), { ...options, ...quiet })).resolves.toMatchObject({
      fetched: 1,
    });
    answers = { '/other/v6.x/linux': answers['/other/v6.x/linux'] as RequestListener };
    await expect(fetchSources(sources, join(work, 'c'), { ...options, ...quiet })).rejects.toMatchObject({
      error: { code: 'source.hash-mismatch', message: expect.stringContaining('3 addresses') },
    });
  });

  test.each<[string, RequestListener, Partial<WebOptions>, string, RegExp]>([
    [
      'redirect in a circle',
      ({ url = '/' }, response) => void response.writeHead(302, { location: url }).end(),
      {},
      'source.unreachable',
      /redirects more than/,
    ],
    [
      'cut the connection',
      (_request, response) => void response.write('x', () => response.destroy()),
      {},
      'source.unreachable',
      /fetched/,
    ],
    ['send too much', says('x'.repeat(9 << 20)), {}, 'source.too-large', /at most 8388608/],
    ['do not answer', () => undefined, { stallMs: 20 }, 'source.unreachable', /nothing for/],
    [
      'are too slow',
      (_request, response) => {
        const drip = setInterval(() => response.write('x'), 5);
        response.on('close', () => clearInterval(drip));
      },
      { mostMs: 60 },
      'source.unreachable',
      /too slow/,
    ],
  ])('that %s', async (_what, answer, options, code, words) => {
    answers['/bad/'] = answer;
    await expect(resolved('6.12', { mirrors: ['/bad'], options })).rejects.toMatchObject({
      error: {
        code,
        message: expect.stringMatching(words),
        details: [{ pointer: '/kernel/source', value: at('/bad/v6.x/sha256sums.asc'), hint: expect.any(String) }],
      },
    });
    // Another one is asked in its place.
    await expect(resolved('6.12', { mirrors: ['/bad', '/good'], options })).resolves.toMatchObject({
      version: '6.12.30',
    });
  });
});

test('versions are numbers, not words', () => {
  const releases = releasesIn(sums);
  expect(newestOf(releases, '6.1')).toBe('6.1.10');
  expect(newestOf(releases, '6.12.31')).toBeUndefined();
  expect(offersIn(releases, '6.1.11')).toMatch(/6\.1\.0 to 6\.1\.10/);
  expect(folderOf('6.12')).toBe('v6.x');
});
