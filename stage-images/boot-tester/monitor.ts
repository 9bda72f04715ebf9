/**
 * QEMU's monitor protocol (QMP, docs/interop/qmp-spec.rst of QEMU): JSON objects, one a line. QEMU connects to a socket we
 * listen on, so there is nothing to wait for or to try again.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod';

/** RunState ShutdownCause, in QEMU's qapi/run-state.json. */
const ShutdownEvent = z.object({ event: z.literal('SHUTDOWN'), data: z.object({ reason: z.string() }) });

export class Monitor {
  readonly #server: Server;
  #socket: Socket | undefined;
  #shutdownReason: string | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#attach(socket));
  }

  /** Listens on a unix socket at `path`. */
  static async listen(path: string): Promise<Monitor> {
    return new Monitor(await listenOn(path));
  }

  /** Why the guest ended, as QEMU told; undefined while it runs, or when QEMU died. */
  get shutdownReason(): string | undefined {
    return this.#shutdownReason;
  }

  /** Asks QEMU to end. Does nothing when it has not connected, or has gone. */
  quit(): void {
    if (this.#socket?.writable) send(this.#socket, 'quit');
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }

  /** QEMU starts stopped and is told to go on once we can hear its events. */
  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', ignoreReset);
    const lines = createInterface({ input: socket }).on('error', ignoreReset);
    lines.on('line', (line) => {
      const event = ShutdownEvent.safeParse(JSON.parse(line));
      if (event.success) this.#shutdownReason ??= event.data.data.reason;
    });
    send(socket, 'qmp_capabilities');
    send(socket, 'cont');
  }
}

/** A unix socket server that is up. */
export async function listenOn(path: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return server;
}

/** A peer that ends while something is under way to it resets the socket; its exit status tells all there is to tell. */
export function ignoreReset(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error;
}

function send(socket: Socket, command: string): void {
  socket.write(`${JSON.stringify({ execute: command })}\n`);
}
