/** What a button does, written for a shell. */
import { type Client, createClient } from '../../client/client.ts';
import { shellWord } from '../../shell-word.ts';

export interface Recorded {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
}

/** The first request that `send` makes with a client of the API; nothing is sent. */
export async function recordRequest(
  origin: string,
  send: (client: Client) => Promise<unknown>,
): Promise<Recorded | undefined> {
  let recorded: Recorded | undefined;
  const client = createClient(origin, {
    async fetch(url, init) {
      recorded ??= {
        method: init?.method ?? 'GET',
        url: String(url),
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: typeof init?.body === 'string' ? init.body : undefined,
      };
      throw new TypeError('Recorded, and not sent.');
    },
  });
  // What is recorded has no answer.
  await send(client).catch(() => undefined);
  return recorded;
}

/** @param needsToken whether the server asks who it is */
export function asCurl({ method, url, headers, body }: Recorded, needsToken: boolean): string {
  return [
    'curl',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...(needsToken ? ['-H "Authorization: Bearer $(ldf token)"'] : []),
    ...Object.entries(headers).map((header) => `-H ${shellWord(header.join(': '))}`),
    ...(body === undefined ? [] : [`--data-binary ${shellWord(body)}`]),
    shellWord(url),
  ].join(' ');
}

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** The server is named where `ldf` would not find it by itself. */
export function asCommand(
  words: readonly string[],
  { hostname, origin }: { hostname: string; origin: string },
): string {
  const server = loopback.includes(hostname) ? [] : ['--server', origin];
  return ['ldf', ...words, ...server].map(shellWord).join(' ');
}
