/** Requests to the API, and its problem documents as errors. Runs in browsers: fetch and nothing of Node. */
import type * as z from 'zod';
import { type ErrorCode, errorTable, LdfError } from '../errors.ts';
import { Problem } from '../model/problem.ts';

export type Fetch = typeof globalThis.fetch;

export interface RequestOptions {
  /** Keys without a value are left out. */
  query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, with `contentType`. */
  body?: ReadableStream<Uint8Array<ArrayBuffer>> | Blob;
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

export class Http {
  readonly baseUrl: string;
  readonly #fetch: Fetch;
  readonly #authorization: Readonly<Record<string, string>>;
  readonly #read: (value: unknown) => unknown;

  /**
   * @param token what the server wants to be asked with; in a browser its cookie does that
   * @param read what is made of every JSON value that the server sends
   */
  constructor(
    baseUrl: string,
    fetch: Fetch,
    { token, read = (value) => value }: { token?: string | undefined; read?: (value: unknown) => unknown } = {},
  ) {
    this.#authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.baseUrl = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
    this.#fetch = fetch;
    this.#read = read;
  }

  /**
   * Gives the answer when it is a good one.
   * @throws LdfError what the problem document says, or `server.unreachable`; the signal's reason when it fires.
   */
  async send(method: Method, path: string, options: RequestOptions = {}): Promise<Response> {
    const { signal, contentType, headers } = options;
    const body = options.json === undefined ? options.body : JSON.stringify(options.json);
    const type = options.json === undefined ? contentType : 'application/json';
    try {
      const response = await this.#fetch(this.#url(path, options.query), {
        method,
        headers: { ...this.#authorization, ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
        ...(body === undefined ? {} : { body, duplex: 'half' }),
        ...(signal === undefined ? {} : { signal }),
      });
      if (!response.ok) throw await this.#problem(response);
      return response;
    } catch (error) {
      throw this.explain(error, signal);
    }
  }

  /** The answer's JSON, checked. @throws as `send` does; LdfError `internal` when it is of another form. */
  async read<Schema extends z.ZodType>(
    schema: Schema,
    method: Method,
    path: string,
    options: RequestOptions = {},
  ): Promise<z.output<Schema>> {
    const response = await this.send(method, path, options);
    const text = await response.text().catch((error: unknown) => {
      throw this.explain(error, options.signal);
    });
    return this.check(schema, parseJson(text));
  }

  /** @throws LdfError `internal` when the server says something that this client does not understand. */
  check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
    const parsed = schema.safeParse(this.#read(value));
    if (parsed.success) return parsed.data;
    throw new LdfError('internal', `The server at ${this.baseUrl} gave an answer of an unknown form.`, {
      hint: 'Use the same version of LDF on both sides; `ldf system` tells the version of the server.',
      cause: parsed.error,
    });
  }

  /** Anything that went wrong with a connection, in LDF's words. */
  explain(error: unknown, signal: AbortSignal | undefined): unknown {
    if (error instanceof LdfError) return error;
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    if (signal?.aborted && !timedOut) return error;
    return this.unreachable(error);
  }

  unreachable(cause?: unknown): LdfError {
    return new LdfError('server.unreachable', `The server at ${this.baseUrl} does not answer.`, {
      hint: 'Start it with `ldf serve`, or check the address.',
      cause,
    });
  }

  #url(path: string, query: RequestOptions['query'] = {}): URL {
    const url = new URL(path.replace(/^\//, ''), this.baseUrl);
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
    }
    return url;
  }

  async #problem(response: Response): Promise<LdfError> {
    const problem = Problem.safeParse(this.#read(parseJson(await response.text())));
    if (problem.success) return problemError(problem.data);
    // Said by something in between, such as a proxy whose server is away.
    if ([502, 503, 504].includes(response.status)) return this.unreachable();
    return new LdfError('internal', `${this.baseUrl} sent an unexpected response (${response.status}).`, {
      hint: 'Check that the address is that of an LDF server.',
    });
  }
}

/** The error that a problem document tells of. */
export function problemError({ type, code, detail, hint, errors }: Problem): LdfError {
  const tableCode = type.replace(/^urn:ldf:error:/, '');
  return new LdfError(isErrorCode(tableCode) ? tableCode : 'internal', detail, {
    ...(code === tableCode ? {} : { subcode: code }),
    ...(hint === undefined ? {} : { hint }),
    details: (errors ?? []).map(({ pointer, message, value, hint: way, evidence, fixes }) => ({
      pointer,
      message,
      ...(value === undefined ? {} : { value }),
      ...(way === undefined ? {} : { hint: way }),
      ...(evidence === undefined ? {} : { evidence }),
      ...(fixes === undefined ? {} : { fixes }),
    })),
  });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}

/** undefined for a text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
