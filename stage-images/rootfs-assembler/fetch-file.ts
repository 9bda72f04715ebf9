/** One file from one address: fetched over HTTP, verified while it streams, in place only when it is right. */
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import type { SourceFile } from '../../src/stages/source-file.ts';
import { FetchError, problemOf, refusal, unreachable } from './fetch-error.ts';
import type { WebAnswer, WebClient } from './web-client.ts';

/** Files that are being written; the store's own names are bare hashes. */
export const partialSuffix = '.partial';

export interface Transport {
  client: Pick<WebClient, 'get'>;
  /** A transfer that brings nothing for so long is broken off. */
  stallMs: number;
  /** Hears of every piece, and of the sum as a negative number when what came is given up. */
  onBytes: (bytes: number) => void;
}

/** The transfer of a file from one address, which continues where it broke off when the server can do that (RFC 9110, 14). */
export class Transfer {
  readonly #source: SourceFile;
  readonly #url: string;
  readonly #folder: string;
  readonly #partial: string;
  #received = 0;
  #hash: Hash = createHash('sha256');
  /** Names what came so far, so that a file which changed meanwhile is not pieced together. */
  #validator: string | undefined;

  constructor(source: SourceFile, url: string, folder: string) {
    this.#source = source;
    this.#url = url;
    this.#folder = folder;
    this.#partial = join(folder, `${source.sha256}.${randomUUID()}${partialSuffix}`);
  }

  /**
   * Fetches the file, or what is left of it, into the folder under its sha256.
   * @throws FetchError; problems of the store itself as they are.
   */
  async attempt({ client, stallMs, onBytes }: Transport): Promise<void> {
    const { sizeBytes, sha256 } = this.#source;
    const stalled = new AbortController();
    const watchdog = setTimeout(() => stalled.abort(new Error(`nothing came for ${stallMs / 1000} seconds`)), stallMs);
    try {
      const { body } = await this.#open(client, onBytes, stalled.signal);
      addAbortSignal(stalled.signal, body);
      const file = await open(this.#partial, this.#received > 0 ? 'a' : 'w');
      try {
        for await (const chunk of body) {
          watchdog.refresh();
          await this.#take(file, chunk, onBytes);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      if (this.#received < sizeBytes)
        throw unreachable(this.#url, `ended after ${this.#received} of ${sizeBytes} bytes`);
      const found = this.#hash.digest('hex');
      if (found !== sha256) throw this.#mismatch(`sha256 ${found}`);
      await rename(this.#partial, join(this.#folder, sha256));
    } catch (error) {
      const problem = problemOf(this.#url, error, stalled.signal);
      if (!(problem instanceof FetchError) || !problem.again || this.#validator === undefined)
        await this.giveUp(onBytes);
      throw problem;
    } finally {
      clearTimeout(watchdog);
    }
  }

  /** Removes what came so far. */
  async giveUp(onBytes: Transport['onBytes']): Promise<void> {
    this.#startOver(onBytes);
    await rm(this.#partial, { force: true });
  }

  /** What was counted is in the file: the next attempt continues after it. */
  async #take(file: FileHandle, chunk: Buffer, onBytes: Transport['onBytes']): Promise<void> {
    const { sizeBytes } = this.#source;
    // A body that does not end must not fill the disk.
    if (this.#received + chunk.length > sizeBytes) throw this.#mismatch(`more than ${sizeBytes} bytes`);
    await file.writeFile(chunk);
    this.#hash.update(chunk);
    this.#received += chunk.length;
    onBytes(chunk.length);
  }

  async #open(client: Transport['client'], onBytes: Transport['onBytes'], signal: AbortSignal): Promise<WebAnswer> {
    const going = this.#received > 0 && this.#validator !== undefined;
    const headers: Record<string, string> =
      going && this.#validator ? { range: `bytes=${this.#received}-`, 'if-range': this.#validator } : {};
    const answer = await client.get(this.#url, headers, signal);
    const { status, header } = answer;
    if (status === 206 && going && header('content-range')?.startsWith(`bytes ${this.#received}-`)) return answer;
    if (this.#received > 0) this.#startOver(onBytes);
    if (status === 200) {
      const etag = header('etag');
      const strong = etag?.startsWith('"') ? etag : header('last-modified');
      this.#validator = header('accept-ranges') === 'bytes' ? strong : undefined;
      return answer;
    }
    throw refusal(this.#url, answer);
  }

  #startOver(onBytes: Transport['onBytes']): void {
    onBytes(-this.#received);
    this.#received = 0;
    this.#hash = createHash('sha256');
    this.#validator = undefined;
  }

  #mismatch(found: string): FetchError {
    const { sha256, sizeBytes } = this.#source;
    const expected = `expected sha256 ${sha256} (${sizeBytes} bytes)`;
    const message = `${this.#url} is not what the lock names: ${expected}, found ${found}.`;
    return new FetchError('source.hash-mismatch', message);
  }
}
