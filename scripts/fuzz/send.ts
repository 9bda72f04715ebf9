/** Sends one request and reads as much of its answer as tells whether it was right. */
import { Agent, type IncomingMessage, request } from 'node:http';
import type { DrawnRequest } from './draw.ts';

/** More of an answer is not read: event streams never end, and images are large. */
const maxReadBytes = 4 << 20;
/** How long a stream that continues is listened to. */
const listenMs = 500;
/** Wide, for a busy machine: an answer that has not begun by then is a hang. */
export const hangMs = 60_000;

export type Outcome =
  | { kind: 'answered'; status: number; text: string; ms: number; problem: boolean }
  /** The server closed the connection without an answer. */
  | { kind: 'cut'; error: string; ms: number }
  | { kind: 'hang'; ms: number };

export interface Sender {
  send(drawn: DrawnRequest): Promise<Outcome>;
  close(): void;
}

export function createSender(url: string, token: string | undefined): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const authorization: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return {
    async send(drawn) {
      const whole = { ...drawn, headers: { ...authorization, ...drawn.headers } };
      const outcome = await sendOne(url, agent, whole);
      // A connection that is kept may be closed by the server just when it is used again (RFC 9112, 9.3.1).
      return outcome.kind === 'cut' ? sendOne(url, false, whole) : outcome;
    },
    close: () => agent.destroy(),
  };
}

function sendOne(url: string, agent: Agent | false, { method, path, headers, body }: DrawnRequest): Promise<Outcome> {
  const begun = performance.now();
  const ms = () => performance.now() - begun;
  return new Promise((resolve) => {
    const outgoing = request(`${url}${path}`, { method, headers, agent });
    const timer = setTimeout(() => {
      resolve({ kind: 'hang', ms: ms() });
      outgoing.destroy();
    }, hangMs);
    const finish = (outcome: Outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    outgoing.on('response', (response) => {
      clearTimeout(timer);
      void readSome(response).then((text) => {
        const type = response.headers['content-type'] ?? '';
        const status = response.statusCode ?? 0;
        finish({ kind: 'answered', status, text, ms: ms(), problem: type.startsWith('application/problem+json') });
      });
    });
    outgoing.on('error', (error) => finish({ kind: 'cut', error: error.message, ms: ms() }));
    outgoing.end(body);
  });
}

/** The beginning of an answer as text. A connection that breaks ends it, as does an answer that is longer or continues. */
function readSome(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const enough = () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString());
      if (!response.complete) response.destroy();
    };
    const timer = setTimeout(enough, listenMs);
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxReadBytes) chunks.push(chunk);
      else enough();
    });
    response.on('end', enough);
    response.on('error', enough);
  });
}
