/** Booting an image by hand: the engine's part on the fake runtime, and the WebSocket over a real server. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '../../../src/client/client.ts';
import { type StandInServer, startStandIn } from '../../fixtures/webui/stand-in-server.ts';
import { standInToken } from '../../fixtures/webui/stand-in-token.ts';

let folder: string;
let server: StandInServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-console-'));
  server = await startStandIn({ folder });
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** Ids by artifact name. */
async function buildOne(): Promise<Map<string, string>> {
  const client = createClient(server.url, { token: standInToken });
  const definition = { name: 'edge', version: '1', arch: 'x86_64' };
  const { id } = await client.distributions.build((await client.distributions.create({ definition })).id);
  for await (const { entry } of client.builds.events(id)) if (entry.type === 'end') break;
  return new Map((await client.builds.artifacts(id)).map((artifact) => [artifact.name, artifact.id]));
}

function open(artifactId: string | undefined, headers: Record<string, string> = {}, query = ''): WebSocket {
  return new WebSocket(`${server.url.replace('http', 'ws')}/v1/artifacts/${artifactId}/console${query}`, {
    headers: { authorization: `Bearer ${standInToken}`, ...headers },
  });
}

async function status(socket: WebSocket): Promise<number | undefined> {
  const [, response] = await once(socket, 'unexpected-response');
  return response.statusCode;
}

describe('the console of an image', () => {
  it('brings bytes both ways, and leaves nothing when it is closed', async () => {
    const image = (await buildOne()).get('edge-1.raw');
    const socket = open(image);
    expect(String((await once(socket, 'message'))[0])).toBe('login: ');
    socket.send(Buffer.from('root\r'));
    expect(String((await once(socket, 'message'))[0])).toBe('root\r');
    const spec = server.runtime.started.at(-1);
    expect(spec).toMatchObject({ command: ['console'], network: false, image: 'sha256:boot-tester' });
    expect(spec?.mounts).toContainEqual(expect.objectContaining({ target: '/ldf/in/package', readOnly: true }));
    expect(JSON.parse(spec?.files['/ldf/out/request.json'] ?? '')).toMatchObject({
      artifact: 'edge-1.raw',
      qemu: { driver: 'fake', packed: null },
    });
    const volumes = server.runtime.volumes.size;
    socket.close();
    await expect.poll(() => [server.runtime.containers.size, server.runtime.volumes.size]).toEqual([0, volumes - 2]);
  });

  it('logs root in where that is asked for, by the check of the image; nobody else, and nobody unasked', async () => {
    const image = (await buildOne()).get('edge-1.raw');
    const asked = async (query: string) => {
      const socket = open(image, {}, query);
      await once(socket, 'message');
      socket.close();
      return JSON.parse(server.runtime.started.at(-1)?.files['/ldf/out/request.json'] ?? '').rootLogIn;
    };
    expect(await asked('?logIn=root')).toEqual({ use: 'systemd', params: {} });
    expect(await asked('')).toBeUndefined();
    expect(await status(open(image, {}, '?logIn=ops'))).toBe(400);
    expect(await status(open(image, {}, '?login=root'))).toBe(400);
  });

  it('ends with the machine, and with the server', async () => {
    const image = (await buildOne()).get('edge-1.raw');
    const first = open(image);
    await once(first, 'message');
    for (const container of server.runtime.containers.values()) container.kill();
    expect((await once(first, 'close'))[0]).toBe(1000);
    const second = open(image);
    await once(second, 'message');
    const closed = once(second, 'close');
    await server.stop();
    await closed;
    expect(server.runtime.containers.size).toBe(0);
    server = await startStandIn({ folder });
  });

  it('tells why it cannot be opened', async () => {
    const artifacts = await buildOne();
    const sums = open(artifacts.get('SHA256SUMS'));
    expect(JSON.parse(String((await once(sums, 'message'))[0]))).toMatchObject({ code: 'state.conflict', status: 409 });
    expect((await once(sums, 'close'))[0]).toBe(1011);
    expect(await status(open('01m80000000000000000000000'))).toBe(404);

    const held = [open(artifacts.get('edge-1.raw')), open(artifacts.get('edge-1.raw'))];
    for (const socket of held) await once(socket, 'message');
    const third = open(artifacts.get('edge-1.raw'));
    expect(JSON.parse(String((await once(third, 'message'))[0]))).toMatchObject({ code: 'queue.full' });
  });

  it('is not opened by a page of another site, nor without a WebSocket', async () => {
    const image = (await buildOne()).get('edge-1.raw');
    expect(await status(open(image, { origin: 'http://evil.example' }))).toBe(403);
    expect(server.runtime.containers.size).toBe(0);
    const plain = await fetch(`${server.url}/v1/artifacts/${image}/console`, {
      headers: { authorization: `Bearer ${standInToken}` },
    });
    expect([plain.status, await plain.json()]).toEqual([400, expect.objectContaining({ code: 'request.invalid' })]);
  });
});
