/**
 * QEMU's monitor protocol (QMP, docs/interop/qmp-spec.rst of QEMU): JSON objects, one a line. QEMU connects to a socket we
 * listen on, so there is nothing to wait for or to try again.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Machine } from '../../parts/machines/machine.ts';

/** RunState ShutdownCause, in QEMU's qapi/run-state.json. */
const ShutdownEvent = z.object({ event: z.literal('SHUTDOWN'), data: z.object({ reason: z.string() }) });
/** An answer to a command that had an id. */
const Answer = z.object({ id: z.int(), return: z.unknown() });
const Refusal = z.object({ id: z.int(), error: z.object({ desc: z.string() }) });
/** struct tm, as the property rtc-time of a machine gives it (hw/rtc/mc146818rtc.c). */
const BrokenDownTime = z.object({
  tm_year: z.int(),
  tm_mon: z.int(),
  tm_mday: z.int(),
  tm_hour: z.int(),
  tm_min: z.int(),
  tm_sec: z.int(),
});

interface Asked {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** A command that QEMU refused, or that it can answer no more. */
export class MonitorError extends Error {}

export class Monitor {
  readonly #server: Server;
  #socket: Socket | undefined;
  #shutdownReason: string | undefined;
  #lastId = 0;
  readonly #asked = new Map<number, Asked>();

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

  /** What the clock of the machine shows, in seconds since 1970. @throws MonitorError */
  async clockSeconds(clock: Machine['clock']): Promise<number> {
    if (clock !== 'rtc-time') return this.#register(clock.register);
    const shown = BrokenDownTime.parse(await this.#ask('qom-get', { path: '/machine', property: 'rtc-time' }));
    const { tm_year, tm_mon, tm_mday, tm_hour, tm_min, tm_sec } = shown;
    return Date.UTC(1900 + tm_year, tm_mon, tm_mday, tm_hour, tm_min, tm_sec) / 1000;
  }

  /** 32 bits at an address of the guest's memory; `xp` of the human monitor reads devices, too. */
  async #register(address: number): Promise<number> {
    const command = { 'command-line': `xp /1wx ${address}` };
    const said = z.string().parse(await this.#ask('human-monitor-command', command));
    const [, value] = /^[0-9a-f]+: (0x[0-9a-f]{8})\s*$/.exec(said) ?? [];
    if (value === undefined) throw new MonitorError(`QEMU does not show its memory: ${said}`);
    return Number(value);
  }

  /** Writes what the first screen shows into a file, as PNG. @throws MonitorError */
  async screenshot(path: string): Promise<void> {
    await this.#ask('screendump', { filename: path, format: 'png' });
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
    for (const { reject } of this.#asked.values()) reject(new MonitorError('QEMU has ended'));
    this.#asked.clear();
  }

  async #ask(command: string, args: Record<string, unknown>): Promise<unknown> {
    const socket = this.#socket;
    if (!socket?.writable) throw new MonitorError('QEMU is not there to be asked');
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      send(socket, command, { arguments: args, id });
    });
  }

  #heard(message: unknown): void {
    const event = ShutdownEvent.safeParse(message);
    if (event.success) this.#shutdownReason ??= event.data.data.reason;
    const refusal = Refusal.safeParse(message);
    const answer = Answer.safeParse(message);
    if (refusal.success) this.#take(refusal.data.id)?.reject(new MonitorError(refusal.data.error.desc));
    else if (answer.success) this.#take(answer.data.id)?.resolve(answer.data.return);
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  /** QEMU starts stopped and is told to continue once we can hear its events. */
  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', ignoreReset);
    const lines = createInterface({ input: socket }).on('error', ignoreReset);
    lines.on('line', (line) => this.#heard(JSON.parse(line)));
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

function send(socket: Socket, command: string, more: Record<string, unknown> = {}): void {
  socket.write(`${JSON.stringify({ execute: command, ...more })}\n`);
}
