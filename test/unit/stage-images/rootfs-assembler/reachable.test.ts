import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { aptEnvironment, withoutPasswords } from '../../../../parts/userlands/debian/apt-network.ts';
import { straightNetwork } from '../../../../src/stages/network.ts';
import { Reachable } from '../../../../stage-images/rootfs-assembler/reachable.ts';
import { proxyFor, WebClient } from '../../../../stage-images/rootfs-assembler/web-client.ts';

const none = { allowed: [], mirrors: [] };
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('which addresses a download may reach', () => {
  test.each([
    ...['127.0.0.1', '127.8.8.8', '10.0.0.1', '172.17.0.1', '192.168.1.1', '169.254.169.254', '0.0.0.0', '100.64.0.1'],
    ...['203.0.113.80', '224.0.0.1', '255.255.255.255', '192.0.2.1', '198.18.0.1'],
    ...['::1', '::', 'fe80::1', 'fc00::1', 'fd00::2', 'ff02::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1'],
    ...['64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '2002:7f00:1::', '2001:db8::1'],
  ])('not %s', (address) => {
    expect(new Reachable(none).allows(address)).toBe(false);
  });

  test.each(['198.41.0.4', '2001:500:2::c', '::ffff:198.41.0.4', '64:ff9b::c629:4'])('but %s', (address) => {
    expect(new Reachable(none).allows(address)).toBe(true);
  });

  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
    'http://localhost/',
    'http://x.localhost/',
  ])('however it is written: %s', async (url) => {
    await expect(new Reachable(none).check(new URL(url))).rejects.toThrow('is not a public address');
  });

  test('one that is listed may be reached, alone or with its network', () => {
    const reachable = new Reachable({ ...none, allowed: ['10.1.0.0/16', '192.168.7.7', 'fd00::/8'] });
    expect(['10.1.2.3', '192.168.7.7', 'fd00::2'].map((address) => reachable.allows(address))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['10.2.0.1', '192.168.7.8', 'fe80::1'].map((address) => reachable.allows(address))).toEqual([
      ...[false, false, false],
    ]);
  });

  test("the installation's own mirrors may be, at their port, wherever they resolve to", async () => {
    const inner = async () => [{ address: '10.0.0.9', family: 4 }];
    const reachable = new Reachable({ allowed: [], mirrors: ['http://mirror.example.org/debian'], resolve: inner });
    await reachable.check(new URL('http://mirror.example.org/debian/pool/x.deb'));
    for (const other of ['http://mirror.example.org:22/', 'https://mirror.example.org/', 'http://other.example.org/'])
      await expect(reachable.check(new URL(other))).rejects.toThrow('is not a public address');
  });

  test('a refusal does not tell what a name resolves to', async () => {
    const reachable = new Reachable({ ...none, resolve: async () => [{ address: '10.9.8.7', family: 4 }] });
    await expect(reachable.check(new URL('http://inner.example.org/'))).rejects.toThrow(/^(?!.*10\.9\.8\.7)/);
  });
});

/** A proxy as companies have them: it forwards what is plain and opens tunnels for the rest. */
async function startProxy() {
  const seen: string[] = [];
  const server = createServer((incoming, answer) => {
    seen.push(`${incoming.method} ${incoming.url} ${incoming.headers['proxy-authorization'] ?? 'nobody'}`);
    const target = new URL(incoming.url ?? '');
    const onward = httpRequest({ host: '127.0.0.1', port: target.port, path: target.pathname }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.end();
  });
  server.on('connect', (incoming, socket) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const onward = connect(Number(incoming.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { seen, port };
}

async function startOrigin() {
  const server = createServer((request, response) => void response.end(`hello from ${request.headers.host}`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

describe('proxies', () => {
  test('are asked for plain addresses with the whole address, as Debian mirrors are; the name is resolved there', async () => {
    const { seen, port } = await startProxy();
    const origin = await startOrigin();
    const network = { ...straightNetwork, httpProxy: `http://user:pass%40word@127.0.0.1:${port}` };
    const client = new WebClient(network, new Reachable(none), undefined);
    closing.push(() => client.close());
    const url = `http://only-the-proxy-knows.invalid:${origin}/debian/x.deb`;
    const { status, body } = await client.get(url, {}, new AbortController().signal);
    expect([status, await text(body)]).toEqual([200, `hello from 127.0.0.1:${origin}`]);
    const authorization = `Basic ${Buffer.from('user:pass@word').toString('base64')}`;
    expect(seen).toEqual([`GET ${url} ${authorization}`]);
  });

  test('are not asked for what is not public', async () => {
    const { seen, port } = await startProxy();
    const network = { ...straightNetwork, httpProxy: `http://127.0.0.1:${port}` };
    const client = new WebClient(network, new Reachable(none), undefined);
    closing.push(() => client.close());
    await expect(client.get('http://169.254.169.254/latest', {}, new AbortController().signal)).rejects.toThrow(
      'is not a public address',
    );
    expect(seen).toEqual([]);
  });

  const proxies = { ...straightNetwork, httpProxy: 'http://p:1', httpsProxy: 'http://p:2' };
  test.each([
    ['http://a.example.org/', [], 'http://p:1'],
    ['https://a.example.org/', [], 'http://p:2'],
    ['https://a.example.org/', ['example.org'], undefined],
    ['https://a.example.org/', ['.example.org'], undefined],
    ['https://aexample.org/', ['example.org'], 'http://p:2'],
    ['http://a.example.org:8080/', ['a.example.org:8080'], undefined],
    ['http://a.example.org/', ['a.example.org:8080'], 'http://p:1'],
    ['http://10.1.2.3/', ['10.0.0.0/8'], undefined],
    ['http://a.example.org/', ['*'], undefined],
  ])('%s with no_proxy %j goes through %s', (url, noProxy, expected) => {
    expect(proxyFor(new URL(url), { ...proxies, noProxy })).toBe(expected);
  });

  test('reach apt by its environment, and their passwords no log', () => {
    const network = { ...straightNetwork, httpProxy: 'http://user:pass%40word@p:1', noProxy: ['a', 'b'] };
    expect(aptEnvironment(network)).toEqual({ http_proxy: network.httpProxy, no_proxy: 'a,b' });
    for (const said of ['E: http://user:pass%40word@p:1 failed', 'E: pass@word is wrong'])
      expect(withoutPasswords(said, network)).not.toMatch(/pass(%40|@)word/);
  });
});
