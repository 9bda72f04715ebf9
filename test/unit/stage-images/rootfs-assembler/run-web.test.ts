/** What resolvers of kernel sources learn from a server, and how it fails them. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { straightNetwork } from '../../../../src/stages/network.ts';
import { StageFailure } from '../../../../stage-images/contract/failure.ts';
import { Reachable } from '../../../../stage-images/rootfs-assembler/reachable.ts';
import { RunWeb, type WebOptions } from '../../../../stage-images/rootfs-assembler/run-web.ts';
import { WebClient } from '../../../../stage-images/rootfs-assembler/web-client.ts';

let server: Server;
let client: WebClient;
let answer: RequestListener;
let asked = 0;

beforeEach(async () => {
  asked = 0;
  client = clientFor(['127.0.0.1']);
  server = createServer((request, response) => {
    asked++;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function clientFor(allowed: string[]): WebClient {
  return new WebClient(straightNetwork, new Reachable({ allowed, mirrors: [] }), undefined);
}

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/linux.tar.xz`;
const askedBy = { pointer: '/kernel/url', mostBytes: 100 };

function web(options: Partial<WebOptions> = {}): RunWeb {
  return new RunWeb({ client, log: () => undefined, backOffMs: 1, attempts: 2, ...options });
}

async function failureOf(promise: Promise<unknown>): Promise<StageFailure['error']> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StageFailure)) throw new Error(`not a StageFailure: ${String(error)}`);
  expect(error.error.details).toMatchObject([{ pointer: '/kernel/url', value: address(), hint: expect.any(String) }]);
  return error.error;
}

describe('the facts of a file', () => {
  test('are in the head of the answer; its content is not fetched', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 50, 'last-modified': 'Thu, 24 Jul 2025 06:00:00 GMT' });
      // Nothing follows: who waited for the content would wait for ever.
      response.flushHeaders();
    };
    expect(await web().facts(address(), askedBy)).toEqual({ sizeBytes: 50, changedAt: 1_753_336_800 });
  });

  test('are counted where the server does not tell the size', async () => {
    answer = (_request, response) => {
      response.write('x'.repeat(60));
      response.end('x'.repeat(10));
    };
    expect(await web().facts(address(), askedBy)).toMatchObject({ sizeBytes: 70, changedAt: expect.any(Number) });
  });

  test.each([
    ['says so', { 'content-length': '101' }],
    ['does not', {}],
  ])('of a larger file than is taken are refused, when the server %s', async (_how, headers) => {
    answer = (_request, response) => {
      response.writeHead(200, headers);
      response.end('x'.repeat(101));
    };
    expect(await failureOf(web().facts(address(), askedBy))).toMatchObject({
      code: 'source.too-large',
      message: expect.stringContaining('at most 100'),
    });
    expect(asked).toBe(1);
  });

  test('are asked for again when the connection is cut, and then given up', async () => {
    answer = (_request, response) => {
      response.write('x', () => response.destroy());
    };
    expect(await failureOf(web().facts(address(), askedBy))).toMatchObject({
      code: 'source.unreachable',
      retry: 'same',
    });
    expect(asked).toBe(2);
  });

  test('are not waited for without end: a server that stands still', async () => {
    answer = () => undefined;
    const { message } = await failureOf(web({ stallMs: 20, attempts: 1 }).facts(address(), askedBy));
    expect(message).toMatch(/brought nothing for 0\.02 seconds/);
  });

  test('nor one that sends a byte now and then', async () => {
    answer = (_request, response) => {
      const drip = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(drip));
    };
    const { message } = await failureOf(
      web({ mostMs: 60, attempts: 1 }).facts(address(), { ...askedBy, mostBytes: 1e9 }),
    );
    expect(message).toMatch(/too slow/);
  });

  test('redirects in a circle are given up', async () => {
    answer = (_request, response) => void response.writeHead(302, { location: '/linux.tar.xz' }).end();
    const { message } = await failureOf(web({ attempts: 1 }).facts(address(), askedBy));
    expect(message).toMatch(/redirects more than/);
  });

  test('of a file that is not there, or is empty', async () => {
    answer = (_request, response) => void response.writeHead(404).end();
    expect((await failureOf(web().facts(address(), askedBy))).code).toBe('source.gone');
    answer = (_request, response) => void response.writeHead(200, { 'content-length': 0 }).end();
    expect((await failureOf(web().facts(address(), askedBy))).message).toMatch(/is empty/);
  });

  test('are not asked of a host that downloads may not reach', async () => {
    await client.close();
    client = clientFor([]);
    expect(await failureOf(web().facts(address(), askedBy))).toMatchObject({
      code: 'source.refused',
      hint: expect.stringContaining('LDF_ALLOWED_NETWORKS'),
    });
    expect(asked).toBe(0);
  });
});
