/** A machine's serial console and a WebSocket, joined: neither side is read faster than the other takes it. */
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { LdfError } from '../errors.ts';
import { problemOf } from './problem.ts';

export interface ConsoleOptions {
  /** Starts the machine. Called at once: there is somebody who can end it. */
  open: () => Promise<Duplex>;
  /** What may be shown of an error that `open` threw. */
  presentable: (error: unknown) => LdfError;
  bounds: ConsoleBounds;
  /** Aborted when who opened it may no longer use it. */
  ends: AbortSignal | undefined;
}

export interface ConsoleBounds {
  maxTypedAheadBytes: number;
  consoleIdleMs: number;
}

/**
 * What is typed before the machine runs waits for it, and what it does not take waits in the client: the socket is not
 * read meanwhile. A client that sends on all the same is cut off with 1009, one that is silent beside a silent machine
 * with 1000, one whose session ends with 1008.
 */
export function joinConsole(socket: WebSocket, { open, presentable, bounds, ends }: ConsoleOptions): void {
  let machine: Duplex | undefined;
  let waiting: Buffer[] = [];
  const waitingBytes = () => waiting.reduce((sum, { length }) => sum + length, 0) + (machine?.writableLength ?? 0);
  const idle = setTimeout(() => socket.close(1000, 'nothing was said for too long'), bounds.consoleIdleMs);

  const onEnd = () => socket.close(1008, 'the session has ended');
  ends?.addEventListener('abort', onEnd, { once: true });

  const takeTyped = () => {
    for (const bytes of waiting) machine?.write(bytes);
    waiting = [];
    if (machine?.writableNeedDrain) machine.once('drain', () => socket.resume());
    else socket.resume();
  };
  socket.on('message', (data) => {
    idle.refresh();
    waiting.push(bufferOf(data));
    if (waitingBytes() > bounds.maxTypedAheadBytes) {
      waiting = [];
      socket.resume();
      return socket.close(1009, 'more was typed than the machine takes');
    }
    // Read again once the machine has taken this.
    socket.pause();
    if (machine) takeTyped();
  });

  const opening = open();
  opening.then(
    (console) => {
      machine = console;
      takeTyped();
      void bring(console, socket, () => idle.refresh());
    },
    (error: unknown) => {
      socket.resume();
      socket.send(JSON.stringify(problemOf(presentable(error))));
      socket.close(1011, 'the machine could not be started');
    },
  );
  socket.on('close', () => {
    clearTimeout(idle);
    ends?.removeEventListener('abort', onEnd);
    waiting = [];
    opening.then(
      (console) => console.destroy(),
      () => undefined,
    );
  });
  // `close` follows; what was wrong with the client's frames is its own affair.
  socket.on('error', () => undefined);
}

function bufferOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** Not faster than the browser takes it. */
async function bring(console: Duplex, socket: WebSocket, onBytes: () => void): Promise<void> {
  try {
    for await (const bytes of console) {
      await send(socket, bytes);
      onBytes();
    }
    socket.resume();
    socket.close(1000, 'the machine has ended');
  } catch {
    // The log has the cause: who opened the machine listens to its errors.
    socket.resume();
    socket.close(1000, 'the console broke off');
  }
}

function send(socket: WebSocket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => socket.send(bytes, (error) => (error ? reject(error) : resolve())));
}
