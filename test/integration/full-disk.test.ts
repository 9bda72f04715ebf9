/** A server whose data folder lies on a disk that is full: it says so, continues answering, and room can be made. */
import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { installationId } from '../../src/data-folder.ts';
import { openTestEngine, removeOwned, type TestEngine } from '../fixtures/docker-engine.ts';
import { makeStandIn } from '../fixtures/engine/image.ts';
import { type ServerProcess, startProcess, token } from '../fixtures/engine/processes.ts';
import { eventually } from '../unit/engine/harness.ts';

/** Only root may mount the small disk that this takes (mount(8)). */
const mayMount = process.getuid?.() === 0;
const smallDisk = '32m';

const Answer = z.looseObject({ code: z.string().optional() });
const spareFileBytes = 4 << 20;

let docker: TestEngine;
let image: string;
let dataDir: string;
let server: ServerProcess | undefined;

describe.skipIf(!mayMount)('a full disk', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    docker = await openTestEngine();
    image = await makeStandIn(docker.docker, docker.base.id);
  });
  afterAll(() => docker.docker.getImage(image).remove({ force: true }));
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ldf-full-'));
    await execa('mount', ['-t', 'tmpfs', '-o', `size=${smallDisk},mode=0755`, 'tmpfs', dataDir]);
  });
  afterEach(async () => {
    await server?.end('SIGTERM');
    server = undefined;
    await removeOwned(docker.docker, await installationId(dataDir));
    await execa('umount', ['--lazy', dataDir]);
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(): Promise<string> {
    const engine = { pollMs: 100, gcSpareMs: 0, spareFileBytes };
    server = await startProcess({ dataDir, image, engine, env: { LDF_DISK_RESERVE: '1M' } });
    return server.url;
  }

  const send = async (url: string, body: unknown) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: Answer.parse(await answer.json()) };
  };

  const fill = async () => {
    for (const block of [1 << 20, 4096])
      await expect(
        (async () => {
          for (;;) await appendFile(join(dataDir, 'filling'), Buffer.alloc(block, 1));
        })(),
      ).rejects.toMatchObject({ code: 'ENOSPC' });
  };

  /** The database writes into what it has of its log before it needs more. */
  async function fillDatabase(url: string) {
    for (let index = 0; index < 200; index++) {
      const files = [{ path: '/etc/large', content: 'x'.repeat(60_000) }];
      const definition = { name: `large-${index}`, arch: 'x86_64', system: { files } };
      const answer = await send(`${url}/v1/distributions`, { definition });
      if (answer.status !== 201) return answer;
    }
    return undefined;
  }

  it('is told as such, does not keep anybody from reading, and is made room on', async () => {
    const url = await start();
    const spare = async () => (await readdir(dataDir)).includes('spare');
    await eventually(spare).toBe(true);
    expect((await stat(join(dataDir, 'ldf.db'))).mode & 0o077).toBe(0);
    expect((await stat(dataDir)).mode & 0o077).toBe(0);
    const client = server?.client;
    if (!client) throw new Error('there is no server');
    const { id } = await client.distributions.create({ definition: { name: 'gw', arch: 'x86_64' } });

    await fill();
    expect(await fillDatabase(url)).toMatchObject({ status: 507, body: { code: 'storage.full' } });
    expect((await client.distributions.get(id)).name).toBe('gw');
    await expect(client.distributions.remove(id)).rejects.toMatchObject({ code: 'storage.full' });
    const dry = await send(`${url}/v1/gc`, { dryRun: true, freeBytes: 2 ** 40 });
    expect(dry).toMatchObject({ status: 200, body: { dryRun: true } });

    expect((await send(`${url}/v1/gc`, { dryRun: false, freeBytes: 2 ** 40 })).status).toBe(200);
    // There was no room for it any more, and what it took is there for others to make more.
    expect(await spare()).toBe(false);
    await client.distributions.remove(id);

    await rm(join(dataDir, 'filling'));
    expect((await send(`${url}/v1/gc`, { dryRun: false, freeBytes: 0 })).status).toBe(200);
    expect(await spare()).toBe(true);
    expect(await send(`${url}/v1/distributions`, { definition: { name: 'again', arch: 'x86_64' } })).toMatchObject({
      status: 201,
    });
  });

  it('does not keep a server from starting and making room', async () => {
    await start();
    await eventually(async () => (await readdir(dataDir)).includes('spare')).toBe(true);
    // Its end takes the database's log away, so that opening it is to write.
    await server?.end('SIGTERM');
    await fill();
    const url = await start();
    expect((await send(`${url}/v1/gc`, { dryRun: false, freeBytes: 0 })).status).toBe(200);
  });
});
