/** Clients that ask and then do not read: their connections are cut, since each holds memory and descriptors. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

interface Seen {
  /** Bytes that the kernel had taken. */
  takenBytes: number;
  at: number;
}

/**
 * Cuts each connection that has something to write and of which nothing has gone out for `stallMs`. This holds for
 * answers, event streams and WebSockets alike, and never for one that merely has nothing to say.
 */
export function cutStalledWrites(server: Server, stallMs: number, onCut: (remoteAddress: string) => void): void {
  const sockets = new Map<Socket, Seen>();
  server.on('connection', (socket: Socket) => {
    // A socket that was handed over for an upgrade comes here a second time.
    if (sockets.has(socket)) return;
    sockets.set(socket, { takenBytes: 0, at: performance.now() });
    socket.once('close', () => sockets.delete(socket));
  });
  const timer = setInterval(
    () => {
      const now = performance.now();
      for (const [socket, seen] of sockets) {
        const takenBytes = socket.bytesWritten - socket.writableLength;
        if (socket.writableLength === 0 || takenBytes !== seen.takenBytes) sockets.set(socket, { takenBytes, at: now });
        else if (now - seen.at >= stallMs) {
          onCut(socket.remoteAddress ?? '');
          socket.destroy();
        }
      }
    },
    Math.max(10, stallMs / 10),
  );
  timer.unref();
  server.once('close', () => clearInterval(timer));
}
