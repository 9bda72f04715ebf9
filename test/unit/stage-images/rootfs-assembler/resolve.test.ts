/** What resolve makes of files that a definition names by address and hash; packages are the affair of apt, with a network. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { networkFile, straightNetwork } from '../../../../src/stages/network.ts';
import type { ResolveParams } from '../../../../src/stages/resolve/contract.ts';
import type { StageContext } from '../../../../stage-images/contract/program.ts';
import { resolve } from '../../../../stage-images/rootfs-assembler/resolve.ts';

const wishesSha256 = 'e'.repeat(64);
const sha256 = (digit: string) => digit.repeat(64);
let work: string;
let server: Server;
const asked: string[] = [];

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'ldf-resolve-'));
  await writeFile(join(work, networkFile), JSON.stringify({ ...straightNetwork, allowed: ['127.0.0.1'] }));
  asked.length = 0;
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url?.includes('gone')) response.writeHead(404).end();
    else response.writeHead(200, { 'last-modified': 'Thu, 24 Jul 2025 06:00:00 GMT' }).end('x'.repeat(70));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(work, { recursive: true });
});

const at = (name: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
const patch = (name: string, digit: string, index: number) => ({
  ...{ name, url: at(name), sha256: sha256(digit), pointer: `/kernel/patches/${index}/url` },
});

/** Asks as the stage does, which has no key. */
function resolved(params: Partial<ResolveParams>) {
  const context = {
    arch: 'x86_64' as const,
    params: { kernel: null, packages: null, boot: null, previous: null, ...params },
    work,
    progress: () => undefined,
    log: () => undefined,
    get key(): string {
      throw new Error('resolve has no key');
    },
  };
  return resolve(context as unknown as StageContext<ResolveParams>);
}

function kernelAt(name: string) {
  const params = { url: at(name), sha256: sha256('a') };
  return { wishesSha256, source: { use: 'url', params }, version: '6.12' };
}

test('learns the sizes of a tree and of patches', async () => {
  const found = await resolved({ kernel: kernelAt('linux-6.12.40.tar.xz'), patches: [patch('b.patch', 'b', 0)] });
  expect(found).toEqual({
    packages: null,
    boot: null,
    kernel: {
      ...{ wishesSha256, version: '6.12.40', sourceDate: 1_753_336_800 },
      sources: [
        {
          ...{ url: at('linux-6.12.40.tar.xz'), sha256: sha256('a'), sizeBytes: 70 },
          ...{ filename: 'linux-6.12.40.tar.xz', name: 'linux', version: '6.12.40' },
        },
      ],
    },
    patches: [{ url: at('b.patch'), sha256: sha256('b'), sizeBytes: 70, filename: 'b.patch' }],
  });
});

test('asks for no patch that the lock knows', async () => {
  const known = { url: at('old.patch'), sha256: sha256('b'), sizeBytes: 5, filename: 'old.patch' };
  const previous = { version: 1 as const, arch: 'x86_64' as const, patches: [known] };
  const { patches } = await resolved({ previous, patches: [patch('b.patch', 'b', 0), patch('c.patch', 'c', 1)] });
  expect(patches).toMatchObject([{ url: at('b.patch'), sizeBytes: 5 }, { sizeBytes: 70 }]);
  expect(asked).toEqual(['/c.patch']);
});

test('tells of all that cannot be had at once, each at its place', async () => {
  const patches = [patch('gone.patch', 'b', 0), patch('c.patch', 'c', 1)];
  await expect(resolved({ kernel: kernelAt('gone-6.12.tar.xz'), patches })).rejects.toMatchObject({
    error: {
      code: 'sources.unresolvable',
      details: [
        { pointer: '/kernel/url', value: at('gone-6.12.tar.xz') },
        { pointer: '/kernel/patches/0/url', value: at('gone.patch') },
      ],
    },
  });
});
