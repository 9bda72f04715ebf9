/** The server: the API on a port, with the engine behind it. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { openAccess, signInFragment } from './access/open-access.ts';
import { createApp } from './api/app.ts';
import { createHttpServer } from './api/http-server.ts';
import { apiBounds, type Config, configWarnings } from './config.ts';
import { announceServer } from './data-folder.ts';
import { LdfError } from './errors.ts';
import { type Stubs, wire } from './wiring.ts';

export interface RunningServer {
  /** Where it answers, with the port it really has. */
  url: string;
  /** What it wants to be asked with; undefined without authentication. */
  token: string | undefined;
  /** Opens the web UI for a browser that has not signed in: it works once, for some minutes. */
  signInLink(): string;
  /** Ends event streams, waits a little for answers under way, and releases everything. Running containers continue. */
  stop(): Promise<void>;
}

/**
 * @param options.temporary it lives no longer than the command that needed it; its notice says so to other commands
 * @throws LdfError `usage` when the address cannot be had, and what opening the data folder throws.
 */
export async function startServer(
  config: Config,
  options: { temporary?: boolean; stubs?: Stubs } = {},
): Promise<RunningServer> {
  const { temporary = false, stubs } = options;
  const stopping = new AbortController();
  const { access, token, saved } = await openAccess(config, temporary);
  const parts = await wire(config, access, stopping.signal, stubs);
  const { server, cutWebSockets } = createHttpServer(createApp(parts.services).fetch, parts.services.log);
  let withdraw: () => Promise<void> = () => Promise.resolve();
  const stop = async () => {
    stopping.abort();
    await withdraw();
    cutWebSockets();
    await close(server);
    await parts.engine.stop();
    await parts.close();
    await saved();
  };
  try {
    await listen(server, config);
    await parts.engine.start();
    const url = urlOf(server, config.host);
    const notice = {
      url,
      pid: process.pid,
      startedAt: new Date().toISOString(),
      temporary,
      ...(token === undefined ? {} : { token }),
    };
    withdraw = await announceServer(config.dataDir, notice);
    for (const warning of configWarnings(config)) parts.services.log.warn(warning);
    parts.services.log.info({ url, dataDir: config.dataDir }, 'listening');
    let stopped: Promise<void> | undefined;
    return {
      url,
      token,
      signInLink: () => `${url}/${signInFragment(access)}`,
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen(server: Server, { host, port }: Config): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening').catch((cause: unknown) => {
    throw new LdfError('usage', `LDF cannot listen on ${host}, port ${port}: ${String(cause)}`, {
      hint: 'Another program may have the port: set LDF_PORT to another one, or to 0 for any that is free.',
      cause,
    });
  });
}

/** Answers under way get a little time; then every connection is cut. */
async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  const timer = setTimeout(() => server.closeAllConnections(), apiBounds.stopGraceMs);
  await closed;
  clearTimeout(timer);
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new LdfError('internal', 'The server has no port.');
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  const name = everywhere[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${name}:${address.port}`;
}
