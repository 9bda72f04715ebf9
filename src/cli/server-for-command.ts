/**
 * The server a command talks to: the one that was named, else one that runs on this data folder, else one that the
 * command brings up in its own process for its lifetime.
 */
import { isLoopback } from '../access/loopback.ts';
import { type Client, type ClientOptions, createClient } from '../client/client.ts';
import { readNotice } from '../data-folder.ts';
import { LdfError } from '../errors.ts';
import { harmlessJson } from '../printable-text.ts';
import type { Cli } from './cli.ts';

/** What goes into files stays as it is. */
const documents = new Set(['definition', 'lock', 'locks']);

/** What a server says is shown to people: nothing in it is to act on their terminal. */
const forPeople: ClientOptions = { read: (value) => harmlessJson(value, documents) };
/** For programs that read JSON, which escapes it, and for logs. */
const asItIs: ClientOptions = {};

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
  url: string;
  token: string | undefined;
  /** It does not go with a command. */
  lasting: boolean;
  client: Client;
  close(): Promise<void>;
}

export class ServerConnection {
  readonly #cli: Cli;
  readonly #reading: ClientOptions;
  #reached: Reached;

  private constructor(cli: Cli, reached: Reached, reading: ClientOptions) {
    this.#cli = cli;
    this.#reading = reading;
    this.#reached = reached;
  }

  /** @throws LdfError `usage` when `given` is no URL, `server.unreachable` when nobody answers there. */
  static async open(
    cli: Cli,
    given: string | undefined,
    reading: ClientOptions = forPeople,
  ): Promise<ServerConnection> {
    const reached = given === undefined ? await findOrStart(cli, reading) : await reachGiven(cli, given, reading);
    return new ServerConnection(cli, reached, reading);
  }

  get url(): string {
    return this.#reached.url;
  }

  /** What it wants to be asked with, beside the client. */
  get token(): string | undefined {
    return this.#reached.token;
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
    this.#reached = await findOrStart(this.#cli, this.#reading);
    return true;
  }

  async close(): Promise<void> {
    await this.#reached.close();
  }
}

/** Gives `use` a server, and ends the server afterwards when it is the command's own. */
export async function withServer<Result>(
  cli: Cli,
  options: { server?: string | undefined; json?: boolean | undefined },
  use: (server: ServerConnection) => Promise<Result>,
): Promise<Result> {
  const server = await ServerConnection.open(
    cli,
    options.server ?? (cli.terminal.env.LDF_SERVER || undefined),
    options.json ? asItIs : forPeople,
  );
  const takeBack = cli.interrupts.beforeLeaving(() => server.close());
  try {
    return await use(server);
  } finally {
    takeBack();
    await server.close();
  }
}

async function reachGiven(cli: Cli, url: string, reading: ClientOptions): Promise<Reached> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new LdfError('usage', `The server address ${JSON.stringify(url)} is not a URL.`, {
      hint: 'Write it as http://HOST:PORT.',
    });
  const token = await tokenFor(cli, new URL(url));
  const client = createClient(url, { ...reading, token });
  await client.health(AbortSignal.timeout(answerMs));
  const { signedIn } = await client.session.get(AbortSignal.timeout(answerMs));
  if (!signedIn)
    throw new LdfError('auth.required', `The server at ${url} wants ${token === undefined ? 'a' : 'another'} token.`, {
      hint: 'Set LDF_TOKEN to what `ldf token` prints on the machine of the server.',
    });
  return { kind: 'given', lasting: true, url, token, client, close: async () => undefined };
}

/** LDF_TOKEN, else that of the server of this data folder, if it is that which was named. */
async function tokenFor(cli: Cli, url: URL): Promise<string | undefined> {
  const { env } = cli.terminal;
  const given = env.LDF_TOKEN || undefined;
  if (given !== undefined) {
    if (url.protocol === 'http:' && !isLoopback(url.hostname))
      throw new LdfError(
        'usage',
        `The token is not sent to ${url.host} over plain HTTP: anybody on the way could read it.`,
        {
          hint: 'Use https://, or a tunnel such as `ssh -L 8080:127.0.0.1:8080 HOST` with LDF_SERVER=http://127.0.0.1:8080.',
        },
      );
    return given;
  }
  const { loadConfig } = await import('../config.ts');
  const notice = await readNotice(loadConfig(env).dataDir);
  return notice && new URL(notice.url).origin === url.origin ? notice.token : undefined;
}

async function findOrStart(cli: Cli, reading: ClientOptions): Promise<Reached> {
  const { env } = cli.terminal;
  const { loadConfig } = await import('../config.ts');
  // Its log would run into the progress of the command.
  const address = { LDF_HOST: '127.0.0.1', LDF_PORT: '0' };
  const own = { ...address, LDF_AUTH: '', LDF_TOKEN: '', LDF_LOG_LEVEL: env.LDF_LOG_LEVEL || 'error' };
  const config = loadConfig({ ...env, ...own });
  const running = await findRunning(config.dataDir, reading);
  if (running) return running;
  const { startServer } = await import('../server.ts');
  const server = await startServer(config, { temporary: true });
  const { url, token } = server;
  const client = createClient(url, { ...reading, token });
  return { kind: 'own', lasting: false, url, token, client, close: () => server.stop() };
}

/** `server.json` may be left over from a process that was killed: it counts only while that process lives and answers. */
async function findRunning(dataDir: string, reading: ClientOptions): Promise<Reached | undefined> {
  const notice = await readNotice(dataDir);
  if (!notice || !isAlive(notice.pid)) return undefined;
  const { url, temporary, token } = notice;
  const client = createClient(url, { ...reading, token });
  const answers = await client.health(AbortSignal.timeout(answerMs)).then(
    () => true,
    () => false,
  );
  return answers
    ? { kind: 'running', lasting: !temporary, url, token, client, close: async () => undefined }
    : undefined;
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
