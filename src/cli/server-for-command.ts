/**
 * The server a command talks to: the one that was named, else one that runs on this data folder, else one that the
 * command brings up in its own process for its lifetime.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type Client, createClient } from '../client/client.ts';
import { parseJson } from '../client/http.ts';
import { LdfError } from '../errors.ts';
import { undefinedIfMissing } from '../missing-file.ts';
import type { Cli } from './cli.ts';

/** Generous: a busy machine is no reason to bring up a second server. */
const answerMs = 5_000;

type Kind =
  /** Named by --server or LDF_SERVER. */
  | 'given'
  /** Found running on this data folder. */
  | 'running'
  /** Brought up by this command: it goes when the command goes. */
  | 'own';

interface Reached {
  kind: Kind;
  /** It does not go with a command. */
  lasting: boolean;
  client: Client;
  close(): Promise<void>;
}

export class ServerConnection {
  readonly #cli: Cli;
  #reached: Reached;

  private constructor(cli: Cli, reached: Reached) {
    this.#cli = cli;
    this.#reached = reached;
  }

  /** @throws LdfError `usage` when `given` is no URL, `server.unreachable` when nobody answers there. */
  static async open(cli: Cli, given: string | undefined): Promise<ServerConnection> {
    return new ServerConnection(cli, given === undefined ? await findOrStart(cli) : await reachGiven(given));
  }

  get client(): Client {
    return this.#reached.client;
  }

  get kind(): Kind {
    return this.#reached.kind;
  }

  /** Whether a build that this command sets going is in good hands when the command ends. */
  get lasting(): boolean {
    return this.#reached.lasting;
  }

  /**
   * A server that was found running may be gone, with the command that had brought it up for one. Its builds are in the
   * data folder: whoever comes next takes them up.
   * @returns whether there is another server now
   */
  async replaceLost(error: unknown): Promise<boolean> {
    const lost = error instanceof LdfError && error.code === 'server.unreachable';
    if (!lost || this.kind !== 'running') return false;
    this.#reached = await findOrStart(this.#cli);
    return true;
  }

  async close(): Promise<void> {
    await this.#reached.close();
  }
}

/** Gives `use` a server, and ends the server afterwards when it is the command's own. */
export async function withServer<Result>(
  cli: Cli,
  options: { server?: string | undefined },
  use: (server: ServerConnection) => Promise<Result>,
): Promise<Result> {
  const server = await ServerConnection.open(cli, options.server ?? (cli.terminal.env.LDF_SERVER || undefined));
  const takeBack = cli.interrupts.beforeLeaving(() => server.close());
  try {
    return await use(server);
  } finally {
    takeBack();
    await server.close();
  }
}

async function reachGiven(url: string): Promise<Reached> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new LdfError('usage', `The server address ${JSON.stringify(url)} is not a URL.`, {
      hint: 'Write it as http://HOST:PORT.',
    });
  const client = createClient(url);
  await client.health(AbortSignal.timeout(answerMs));
  return { kind: 'given', lasting: true, client, close: async () => undefined };
}

async function findOrStart(cli: Cli): Promise<Reached> {
  const { env } = cli.terminal;
  const { loadConfig } = await import('../config.ts');
  // Its log would run into the progress of the command.
  const own = { LDF_HOST: '127.0.0.1', LDF_PORT: '0', LDF_LOG_LEVEL: env.LDF_LOG_LEVEL || 'error' };
  const config = loadConfig({ ...env, ...own });
  const running = await findRunning(config.dataDir);
  if (running) return running;
  const { startServer } = await import('../server.ts');
  const server = await startServer(config, { temporary: true });
  return { kind: 'own', lasting: false, client: createClient(server.url), close: () => server.stop() };
}

const ServerFile = z.looseObject({ url: z.url(), pid: z.int().positive(), temporary: z.boolean().default(false) });

/** `server.json` may be left over from a process that was killed: it counts only while that process lives and answers. */
async function findRunning(dataDir: string): Promise<Reached | undefined> {
  const text = await readFile(join(dataDir, 'server.json'), 'utf8').catch(undefinedIfMissing);
  const file = ServerFile.safeParse(text === undefined ? undefined : parseJson(text));
  if (!file.success || !isAlive(file.data.pid)) return undefined;
  const { url, temporary } = file.data;
  const client = createClient(url);
  const answers = await client.health(AbortSignal.timeout(answerMs)).then(
    () => true,
    () => false,
  );
  return answers ? { kind: 'running', lasting: !temporary, client, close: async () => undefined } : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // kill(2): EPERM means that it lives and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
