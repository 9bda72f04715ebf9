/** Downloads where the only way out is a proxy: a network that Docker has closed, and a proxy that stands in both. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as tar from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleStageImages } from '../../scripts/lib/bundle.mjs';
import { labels } from '../../src/runtime/runtime.ts';
import { StageResult } from '../../src/stages/contract.ts';
import { type StageNetwork, straightNetwork } from '../../src/stages/network.ts';
import { openTestEngine, type TestEngine } from '../fixtures/docker-engine.ts';

const slow = 600_000;
const content = 'what the lock names';
const password = 'pass/w@rd';

/** Answers for every host, and says on its log what it was asked. */
const proxyProgram = `
const { createServer } = require('node:http');
const wanted = 'Basic ' + Buffer.from('user:${password}').toString('base64');
createServer((request, response) => {
  console.log(request.method, request.url);
  if (request.headers['proxy-authorization'] !== wanted) return void response.writeHead(407).end();
  response.end(${JSON.stringify(content)});
}).listen(3128, () => console.log('ready'));
process.on('SIGTERM', () => process.exit());
`;

let engine: TestEngine;
let folder: string;
let program: Buffer;
let address: string;
let networkId: string;

beforeAll(async () => {
  engine = await openTestEngine();
  folder = await mkdtemp(join(tmpdir(), 'ldf-network-'));
  await bundleStageImages(folder);
  program = await readFile(join(folder, 'rootfs-assembler/program.mjs'));
  const { docker, base, installation } = engine;
  const Labels = { [labels.installation]: installation };
  const network = await docker.createNetwork({ Name: `ldf-${installation}`, Internal: true, Labels });
  networkId = network.id;
  const proxy = await docker.createContainer({
    ...{ Image: base.id, Labels, Entrypoint: ['node', '--eval', proxyProgram] },
    HostConfig: { NetworkMode: networkId },
  });
  await proxy.start();
  const { NetworkSettings } = await proxy.inspect();
  address = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
  await vi.waitFor(async () => expect(await logOf(proxy.id)).toContain('ready'), { timeout: 300_000, interval: 200 });
}, slow);

afterAll(async () => {
  await engine.cleanUp();
  await engine.docker.getNetwork(networkId).remove();
  await rm(folder, { recursive: true, force: true });
}, slow);

async function logOf(id: string): Promise<string> {
  return (await engine.docker.getContainer(id).logs({ stdout: true, stderr: true })).toString();
}

/** Runs the stage with its files, without a way out but the proxy's; or, with `none`, without any. */
async function download(url: string, network: StageNetwork, mode = networkId) {
  const { docker, base, installation } = engine;
  const container = await docker.createContainer({
    ...{ Image: base.id, Labels: { [labels.installation]: installation }, Entrypoint: ['node', '/ldf/program.mjs'] },
    HostConfig: { NetworkMode: mode },
  });
  const sha256 = createHash('sha256').update(content).digest('hex');
  const source = { url, sha256, sizeBytes: content.length, filename: 'x.deb' };
  const params = { sources: [source] };
  const files = tar.pack();
  files.entry({ name: 'ldf/program.mjs' }, program);
  files.entry({ name: 'ldf/work/network.json' }, JSON.stringify(network));
  const request = { contract: 1, stage: 'download', arch: 'x86_64', key: null, params };
  files.entry({ name: 'ldf/out/request.json' }, JSON.stringify(request));
  files.finalize();
  await container.putArchive(Readable.from(files), { path: '/' });
  await container.start();
  await container.wait();
  const found = Readable.from(await container.getArchive({ path: '/ldf/out/result.json' })).pipe(tar.extract());
  let result = '';
  for await (const entry of found) result += await text(entry);
  const inspected = JSON.stringify(await container.inspect());
  return { result: StageResult.parse(JSON.parse(result)), log: await logOf(container.id), inspected };
}

const withProxy = (): StageNetwork => ({
  ...straightNetwork,
  httpProxy: `http://user:${encodeURIComponent(password)}@${address}:3128`,
});
const url = 'http://mirror.example.org/debian/pool/main/x/x.deb';

describe('a download whose direct way is closed', { timeout: slow }, () => {
  it('fails without the proxy', async () => {
    // A public address, in numbers, and no network at all: names, and packets that nobody answers, take minutes to fail.
    const { result } = await download('http://198.41.0.4/x.deb', straightNetwork, 'none');
    expect(result).toMatchObject({ ok: false, error: { code: 'source.unreachable' } });
  });

  it('gets through with it, and its password is nowhere to be seen', async () => {
    const { result, log, inspected } = await download(url, withProxy());
    expect(result).toMatchObject({ ok: true, data: { fetched: 1 } });
    for (const place of [JSON.stringify(result), log, inspected])
      for (const secret of [password, encodeURIComponent(password)]) expect(place).not.toContain(secret);
  });

  it('asks nobody inside for a lock that says so, neither straight nor through the proxy', async () => {
    const inside = `http://${address}:3128/inner`;
    for (const network of [straightNetwork, withProxy()]) {
      const { result } = await download(inside, network);
      expect(result).toMatchObject({ ok: false, error: { code: 'source.refused' } });
    }
    const proxies = await engine.docker.listContainers({
      filters: { label: [`${labels.installation}=${engine.installation}`], network: [networkId] },
    });
    expect(await logOf(proxies[0]?.Id ?? '')).not.toContain('/inner');
    const { result } = await download(inside, { ...straightNetwork, allowed: [`${address}/32`] });
    expect(result).toMatchObject({ ok: false, error: { message: expect.stringContaining('HTTP 407') } });
  });
});
