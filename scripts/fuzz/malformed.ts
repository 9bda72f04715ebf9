/** What no HTTP client sends: bytes on a socket that are no request, or half of one. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const host = 'Host: 127.0.0.1\r\n';
const upgrade = (protocol: string) => `Connection: Upgrade\r\nUpgrade: ${protocol}\r\n`;
const handshake = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';

/** Each is sent as it stands. */
export const malformedRequests: readonly string[] = [
  'GET / HTTP/1.1\r\n\r\n',
  `GET / HTTP/1.1\r\n${host}${host}\r\n`,
  'GET / HTTP/1.1\r\nHost: user:password@127.0.0.1\r\n\r\n',
  'GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  `GET /../../etc/passwd HTTP/1.1\r\n${host}\r\n`,
  `GET /%00 HTTP/1.1\r\n${host}\r\n`,
  `GET /v1/builds HTTP/1.1\r\n${host}${'X: y\r\n'.repeat(3_000)}\r\n`,
  `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`,
  `POST /v1/gc HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `POST /v1/gc HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
  `POST /v1/gc HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`,
  `POST /v1/gc HTTP/1.1\r\n${host}Content-Length: 100\r\n\r\n{`,
  `POST /v1/gc HTTP/1.1\r\n${host}Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}`,
  `GET /healthz HTTP/9.9\r\n${host}\r\n`,
  `GARBAGE\r\n\r\n`,
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  `GET /healthz HTTP/1.1\r\n${host}${upgrade('h2c')}HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n`,
  `GET /healthz HTTP/1.1\r\n${host}${upgrade('websocket')}${handshake}\r\n`,
  `GET /v1/artifacts/nobody/console HTTP/1.1\r\n${host}${upgrade('websocket')}${handshake}\r\n${'x'.repeat(200_000)}`,
  `DELETE /v1/builds/nobody HTTP/1.1\r\n${host}${upgrade('websocket')}${handshake}\r\n`,
  `GET /v1/system HTTP/1.1\r\n${host}Origin: http://evil.example\r\n${upgrade('websocket')}${handshake}\r\n`,
  `${`GET /healthz HTTP/1.1\r\n${host}\r\n`.repeat(200)}`,
];

const listenMs = 300;

/** Sends each on a connection of its own and closes it. What comes back does not matter: the server must live and forget. */
export async function sendMalformed(url: string, times: number): Promise<void> {
  const { hostname, port } = new URL(url);
  for (let round = 0; round < times; round++)
    await Promise.all(malformedRequests.map((text) => sendBytes(hostname, Number(port), text)));
}

async function sendBytes(hostname: string, port: number, text: string): Promise<void> {
  const socket = connect(port, hostname);
  // A reset is as good an answer as any.
  socket.on('error', (error) => error);
  const closed = once(socket, 'close');
  socket.resume();
  socket.write(Buffer.from(text, 'latin1'));
  await Promise.race([closed, sleep(listenMs)]);
  socket.destroy();
  await closed;
}
