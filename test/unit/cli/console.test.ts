/** `ldf boot` of a build: the serial console of the server on this terminal, over a real WebSocket. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { createClient } from '../../../src/client/client.ts';
import { type StandInServer, startStandIn } from '../../fixtures/webui/stand-in-server.ts';
import { standInToken } from '../../fixtures/webui/stand-in-token.ts';
import { testTerminal } from './terminal.ts';

let folder: string;
let server: StandInServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-cli-console-'));
  server = await startStandIn({ folder });
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

it('joins the console with the terminal until Ctrl-]', async () => {
  const client = createClient(server.url, { token: standInToken });
  const definition = { name: 'edge', version: '1', arch: 'x86_64' };
  const { id } = await client.distributions.build((await client.distributions.create({ definition })).id);
  for await (const { entry } of client.builds.events(id)) if (entry.type === 'end') break;

  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => raw.push(on) });
  const terminal = { ...testTerminal({ env: { LDF_SERVER: server.url, LDF_TOKEN: standInToken } }), stdin };
  const booting = run(['boot', 'edge', '--format', 'raw'], terminal);
  await expect.poll(() => terminal.out()).toContain('login: ');
  expect(terminal.err()).toContain('Booting edge-1.raw. Ctrl-] switches the machine off.');
  stdin.write('root\r');
  await expect.poll(() => terminal.out()).toContain('root\r');
  stdin.write('\u001d');
  expect(await booting).toBe(0);
  expect(terminal.err()).toContain('The machine is off.');
  expect(raw).toEqual([true, false]);
  await expect.poll(() => server.runtime.containers.size).toBe(0);
});
