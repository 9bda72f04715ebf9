/** The web as the resolvers of kernel sources ask it: with bounds on size and time, and failures that name who asked. */
import type { AskedOfWeb, Route, Web } from '../../parts/sources/source.ts';
import { StageFailure } from '../contract/failure.ts';
import {
  discard,
  type FetchCode,
  FetchError,
  mayPass,
  problemOf,
  type Retries,
  refusal,
  unreachable,
  withRetries,
} from './fetch-error.ts';
import type { WebAnswer, WebClient } from './web-client.ts';

export interface WebOptions extends Pick<Retries, 'log'>, Partial<Omit<Retries, 'log'>> {
  client: Pick<WebClient, 'get' | 'route'>;
  /** An answer that brings nothing for so long is broken off. */
  stallMs?: number;
  /** One that is not all there after so long, too. */
  mostMs?: number;
}

const defaults = { attempts: 3, backOffMs: 1000, maxWaitMs: 30_000, stallMs: 60_000, mostMs: 600_000 };

const hints: Record<FetchCode, string> = {
  'source.gone': 'Correct the address, or name one where the file is.',
  'source.refused': 'If that host is to be asked, name it or its network in LDF_ALLOWED_NETWORKS.',
  'source.hash-mismatch': 'Name another address.',
  'source.too-large': 'Name another file: an archive of the kernel takes 150 MB as .tar.xz.',
  'source.unreachable':
    'Check the address, and the network, DNS and proxy of the Docker host; then try again, or name another address.',
};

export class RunWeb implements Web {
  readonly #options: typeof defaults & WebOptions;

  constructor(options: WebOptions) {
    this.#options = { ...defaults, ...options };
  }

  /** The content is not fetched where the answer's head tells its length (RFC 9110, 8.6); else it is counted. */
  facts(url: string, asked: AskedOfWeb) {
    return this.#ask(url, asked, async (answer, heard) => {
      const said = answer.header('content-length');
      const sizeBytes = said !== undefined && /^[0-9]{1,15}$/.test(said) ? Number(said) : undefined;
      if (sizeBytes !== undefined) discard(answer.body);
      if (sizeBytes !== undefined && sizeBytes > asked.mostBytes) throw tooLarge(url, sizeBytes, asked);
      const counted = sizeBytes ?? (await this.#count(url, answer, asked, heard));
      if (counted === 0) throw new FetchError('source.gone', `${url} is empty.`);
      const changed = Date.parse(answer.header('last-modified') ?? answer.header('date') ?? '');
      const changedAt = Math.max(0, Math.floor((Number.isNaN(changed) ? Date.now() : changed) / 1000));
      return { sizeBytes: counted, changedAt };
    });
  }

  content(url: string, asked: AskedOfWeb): Promise<Buffer> {
    return this.#ask(url, asked, async (answer, heard) => {
      const chunks: Buffer[] = [];
      await this.#count(url, answer, asked, heard, (chunk) => void chunks.push(chunk));
      return Buffer.concat(chunks);
    });
  }

  route(url: string, asked: AskedOfWeb): Promise<Route> {
    return this.#ask(url, asked, async (answer, heard) => {
      await this.#count(url, answer, asked, heard);
      return { url: answer.url, ...(await this.#options.client.route(answer.url)) };
    });
  }

  async #count(
    url: string,
    { body }: WebAnswer,
    asked: AskedOfWeb,
    heard: () => void,
    take: (chunk: Buffer) => void = () => undefined,
  ): Promise<number> {
    let sizeBytes = 0;
    for await (const chunk of body) {
      heard();
      sizeBytes += chunk.length;
      if (sizeBytes > asked.mostBytes) throw tooLarge(url, sizeBytes, asked);
      take(chunk);
    }
    return sizeBytes;
  }

  /** @throws StageFailure with the place that asked */
  async #ask<Read>(
    url: string,
    asked: AskedOfWeb,
    read: (answer: WebAnswer, heard: () => void) => Promise<Read>,
  ): Promise<Read> {
    try {
      return await withRetries(() => this.#once(url, asked, read), this.#options);
    } catch (error) {
      throw error instanceof FetchError ? failure(url, error, asked) : error;
    }
  }

  async #once<Read>(
    url: string,
    asked: AskedOfWeb,
    read: (answer: WebAnswer, heard: () => void) => Promise<Read>,
  ): Promise<Read> {
    const { client, stallMs } = this.#options;
    const mostMs = Math.min(this.#options.mostMs, asked.mostMs ?? Number.POSITIVE_INFINITY);
    const stopped = new AbortController();
    const stop = (why: string) => stopped.abort(unreachable(url, why));
    const watchdog = setTimeout(() => stop(`brought nothing for ${stallMs / 1000} seconds`), stallMs);
    const deadline = setTimeout(() => stop(`is too slow: it was not all there after ${mostMs / 1000} seconds`), mostMs);
    let answer: WebAnswer | undefined;
    try {
      answer = await client.get(url, {}, stopped.signal);
      const { body } = answer;
      stopped.signal.addEventListener('abort', () => body.destroy(stopped.signal.reason), { once: true });
      if (answer.status !== 200) throw refusal(url, answer);
      return await read(answer, () => void watchdog.refresh());
    } catch (error) {
      throw problemOf(url, error, stopped.signal);
    } finally {
      clearTimeout(watchdog);
      clearTimeout(deadline);
      if (answer) discard(answer.body);
    }
  }
}

function tooLarge(url: string, sizeBytes: number, { mostBytes }: AskedOfWeb): FetchError {
  return new FetchError('source.too-large', `${url} has ${sizeBytes} bytes or more; at most ${mostBytes} are taken.`);
}

function failure(url: string, { code, message }: FetchError, { pointer }: AskedOfWeb): StageFailure {
  const hint = hints[code];
  const retry = mayPass.has(code) ? { retry: 'same' as const } : {};
  return new StageFailure({ code, message, hint, ...retry, details: [{ pointer, message, value: url, hint }] });
}
