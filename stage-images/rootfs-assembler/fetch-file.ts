/** One file from one address: fetched over HTTP, verified while it streams, in place only when it is right. */
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import type { SourceFile } from '../../src/stages/source-file.ts';
import { RefusedHost } from './reachable.ts';
import type { WebAnswer, WebClient } from './web-client.ts';

export type FetchCode = 'source.gone' | 'source.hash-mismatch' | 'source.refused' | 'source.unreachable';

/** Why one file could not be had from one address. `again`: another attempt may help. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  constructor(
    readonly code: FetchCode,
    message: string,
    readonly again = false,
    /** The server asks for so long a wait. */
    readonly afterMs = 0,
  ) {
    super(message);
  }
}

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
      if (this.#received < sizeBytes) throw this.#unreachable(`ended after ${this.#received} of ${sizeBytes} bytes`);
      const found = this.#hash.digest('hex');
      if (found !== sha256) throw this.#mismatch(`sha256 ${found}`);
      await rename(this.#partial, join(this.#folder, sha256));
    } catch (error) {
      const problem = this.#problemOf(error, stalled.signal);
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
    const { status, body, header } = answer;
    if (status === 206 && going && header('content-range')?.startsWith(`bytes ${this.#received}-`)) return answer;
    if (this.#received > 0) this.#startOver(onBytes);
    if (status === 200) {
      const etag = header('etag');
      const strong = etag?.startsWith('"') ? etag : header('last-modified');
      this.#validator = header('accept-ranges') === 'bytes' ? strong : undefined;
      return answer;
    }
    // What an error's body says is of no use here, and may have no end.
    body.on('error', () => undefined);
    body.destroy();
    if (status === 404 || status === 410)
      throw new FetchError('source.gone', `${this.#url} is not there any more (HTTP ${status}).`);
    const again = status >= 500 || status === 408 || status === 429 || status === 416 || status === 206;
    const afterMs = Number(header('retry-after') ?? 0) * 1000;
    const message = `${this.#url} answered HTTP ${status}.`;
    throw new FetchError('source.unreachable', message, again, Number.isFinite(afterMs) ? afterMs : 0);
  }

  #startOver(onBytes: Transport['onBytes']): void {
    onBytes(-this.#received);
    this.#received = 0;
    this.#hash = createHash('sha256');
    this.#validator = undefined;
  }

  #problemOf(error: unknown, stalled: AbortSignal): unknown {
    if (error instanceof FetchError || isStorageError(error)) return error;
    const reason = causeOf(stalled.aborted ? stalled.reason : error);
    if (reason instanceof RefusedHost)
      return new FetchError('source.refused', `${this.#url} may not be fetched: ${reason.message}.`);
    return this.#unreachable(
      `could not be fetched: ${reason instanceof Error ? reason.message || reason.name : String(reason)}`,
    );
  }

  #mismatch(found: string): FetchError {
    const { sha256, sizeBytes } = this.#source;
    const expected = `expected sha256 ${sha256} (${sizeBytes} bytes)`;
    const message = `${this.#url} is not what the lock names: ${expected}, found ${found}.`;
    return new FetchError('source.hash-mismatch', message);
  }

  #unreachable(how: string): FetchError {
    return new FetchError('source.unreachable', `${this.#url} ${how}.`, true);
  }
}

/** A refused host may be wrapped up: in the error of several attempts to connect, or as another's cause. */
function causeOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0]);
  return error instanceof Error && error.cause instanceof Error ? causeOf(error.cause) : error;
}

/** No space, or no permission, is not the network's fault, and no other attempt will fix it. */
function isStorageError(error: unknown): boolean {
  const codes = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'];
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
