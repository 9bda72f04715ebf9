/** A serial console of the server on this terminal: bytes both ways, until the machine ends or Ctrl-] ends it. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { parseJson, problemError } from '../../client/http.ts';
import { LdfError } from '../../errors.ts';
import { Problem } from '../../model/problem.ts';
import type { Terminal } from '../terminal.ts';

/** Ctrl-], as in telnet(1). */
const escapeByte = 0x1d;

interface Server {
  url: string;
  token: string | undefined;
}

/**
 * Boots an artifact on the server and joins its console with the terminal. Resolves when the machine has ended.
 * @throws LdfError what the server refuses it with, `server.unreachable`
 */
export async function joinConsole(
  server: Server,
  { artifactId, root }: { artifactId: string; root: boolean },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(`v1/artifacts/${encodeURIComponent(artifactId)}/console`, withSlash(server.url));
  if (root) url.searchParams.set('logIn', 'root');
  url.protocol = url.protocol.replace('http', 'ws');
  const headers = server.token === undefined ? {} : { authorization: `Bearer ${server.token}` };
  const socket = new WebSocket(url, { headers });
  let refusal: unknown;
  socket.on('error', (cause) => {
    refusal ??= new LdfError('server.unreachable', `The console at ${server.url} cannot be opened: ${cause.message}.`, {
      hint: 'See that the server runs and that nothing in between keeps WebSockets out.',
      cause,
    });
  });
  socket.on('message', (data, isBinary) => {
    const bytes = Array.isArray(data)
      ? Buffer.concat(data)
      : Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
    if (isBinary) return void terminal.stdout.write(bytes);
    const problem = Problem.safeParse(parseJson(bytes.toString('utf8')));
    refusal ??= problem.success ? problemError(problem.data) : new LdfError('internal', bytes.toString('utf8'));
  });
  const end = () => socket.close();
  signal.addEventListener('abort', end, { once: true });
  // Not `once` of node:events, which throws what `refusal` says better.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const { stdin } = terminal;
  stdin.setRawMode?.(true);
  try {
    void pass(stdin, socket);
    await closed;
  } finally {
    stdin.setRawMode?.(false);
    stdin.destroy?.();
    signal.removeEventListener('abort', end);
  }
  if (refusal !== undefined) throw refusal;
}

/** What is typed, until the console is closed. The end of a pipe does not end the machine. */
async function pass(stdin: Terminal['stdin'], socket: WebSocket): Promise<void> {
  try {
    if (socket.readyState === WebSocket.CONNECTING) await once(socket, 'open');
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk);
      const ending = bytes.indexOf(escapeByte);
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(ending < 0 ? bytes : bytes.subarray(0, ending));
      if (ending >= 0) return socket.close();
    }
  } catch {
    // Reading was ended with the console, or there never was one: how that ended is told by whoever waits for it.
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
