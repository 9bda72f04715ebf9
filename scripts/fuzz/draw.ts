/** A seeded stream of requests to an API, drawn from its own description. */
import fc from 'fast-check';
import type { ApiDocument, JsonSchema, Operation, Parameter } from './operations.ts';
import { awkwardText, awkwardValue, damaged, fitting } from './values.ts';

export interface DrawnRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

/** Requests are drawn in lots, so that ten thousand with their bodies are never in memory together. */
const lotSize = 100;

/**
 * `count` requests; the same seed gives the same ones, but for the ids that `known` gives while it continues.
 * @param known ids that exist on the server by now
 */
export function* drawRequests(
  document: ApiDocument,
  { seed, count, known }: { seed: number; count: number; known: () => readonly string[] },
): Generator<DrawnRequest> {
  for (let done = 0; done < count; done += lotSize) {
    const numRuns = Math.min(lotSize, count - done);
    yield* fc.sample(requestOf(document, known()), { seed: seed + done, numRuns });
  }
}

function requestOf({ operations, schemas }: ApiDocument, ids: readonly string[]): fc.Arbitrary<DrawnRequest> {
  return fc.constantFrom(...operations).chain((operation) =>
    fc
      .record({
        method: methodOf(operation),
        path: pathOf(operation, ids),
        query: queryOf(operation, schemas, ids),
        headers: headersOf(operation),
        body: bodyOf(operation, schemas),
      })
      .map(({ method, path, query, headers, body }) => ({
        method,
        path: query === '' ? path : `${path}?${query}`,
        headers: { ...body?.headers, ...headers },
        body: method === 'GET' || method === 'HEAD' ? undefined : body?.bytes,
      })),
  );
}

function methodOf({ method }: Operation): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constant(method), weight: 19 },
    { arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'), weight: 1 },
  );
}

function pathOf({ path, parameters }: Operation, ids: readonly string[]): fc.Arbitrary<string> {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  const values = names.map((name) => {
    const parameter = parameters.find((candidate) => candidate.in === 'path' && candidate.name === name);
    const right = ids.length > 0 && name === 'id' ? fc.constantFrom(...ids) : textOf(parameter);
    return fc.oneof({ arbitrary: right, weight: 4 }, { arbitrary: awkwardText, weight: 1 });
  });
  return fc
    .tuple(...values)
    .map((found) =>
      names.reduce((made, name, index) => made.replace(`{${name}}`, () => escaped(found[index] ?? '')), path),
    );
}

function textOf(parameter: Parameter | undefined): fc.Arbitrary<string> {
  return fitting(parameter?.schema ?? { type: 'string' }, {}).map(String);
}

/** A lone surrogate has no encoding, so it goes by way of UTF-8; a path is cut to what servers take. */
function escaped(text: string): string {
  return encodeURIComponent(Buffer.from(text.slice(0, 2_000)).toString());
}

function queryOf(
  { parameters }: Operation,
  schemas: Record<string, JsonSchema>,
  ids: readonly string[],
): fc.Arbitrary<string> {
  const pairs = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) => {
      const known = ids.length > 0 ? [fc.constantFrom(...ids)] : [];
      const value = fc.oneof(fitting(schema, schemas).map(String), awkwardText, ...known);
      return fc.option(
        value.map((text) => `${name}=${escaped(text)}`),
        { nil: '' },
      );
    });
  const unknown = fc.tuple(awkwardText, awkwardText).map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
  const rare = fc.oneof({ arbitrary: fc.constant(''), weight: 9 }, { arbitrary: unknown, weight: 1 });
  return fc.tuple(...pairs, rare).map((all) => all.filter((pair) => pair !== '').join('&'));
}

/** What a header may hold on the wire: Latin-1 without control characters (RFC 9110, 5.5). */
const headerText = awkwardText.map((text) => text.replaceAll(/[^\x20-\x7E\xA0-\xFF]/g, '?').slice(0, 4_000));

const strangeHeaders: readonly [string, fc.Arbitrary<string>][] = [
  ['Accept', fc.constantFrom('*/*', 'text/plain', 'text/event-stream', 'application/x-nothing', 'a/b;q=9')],
  ['Accept-Encoding', fc.constantFrom('gzip', 'br', 'identity;q=0', '*;q=0')],
  ['Content-Encoding', fc.constantFrom('gzip', 'br', 'compress', 'identity')],
  ['Content-Type', fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'multipart/form-data', 'x', '')],
  ['Idempotency-Key', fc.oneof(fc.constantFrom('one', 'two'), headerText)],
  ['If-Match', headerText],
  ['If-None-Match', fc.constantFrom('*', '"x"', 'W/"x"', 'x')],
  ['If-Range', headerText],
  ['Last-Event-ID', fc.constantFrom('0', '-1', '999999999999999', 'end', 'x', '1e3')],
  ['Origin', fc.constantFrom('null', 'http://evil.example', 'http://127.0.0.1')],
  [
    'Range',
    fc.constantFrom('bytes=0-0', 'bytes=-1', 'bytes=5-1', 'bytes=0-9,20-29', 'bytes=99999999999999-', 'lines=1-2'),
  ],
  ['Sec-Fetch-Site', fc.constantFrom('cross-site', 'same-site', 'none', 'same-origin')],
  ['X-Forwarded-Host', fc.constant('evil.example')],
  ['X-HTTP-Method-Override', fc.constantFrom('DELETE', 'PUT')],
];

function headersOf({ parameters }: Operation): fc.Arbitrary<Record<string, string>> {
  const own = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
  const likely = new Set(own);
  const model = strangeHeaders.map(([name, value]) =>
    fc
      .tuple(fc.nat({ max: likely.has(name) ? 2 : 30 }), value)
      .map(([draw, text]) => (draw === 0 ? [[name, text] as const] : [])),
  );
  return fc.tuple(...model).map((entries) => Object.fromEntries(entries.flat()));
}

interface Body {
  headers: Record<string, string>;
  bytes: Buffer;
}

function bodyOf({ body }: Operation, schemas: Record<string, JsonSchema>): fc.Arbitrary<Body | undefined> {
  const types = Object.keys(body ?? {});
  if (!body || types.length === 0)
    return fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 9 },
      { arbitrary: awkwardValue.map((value) => jsonBody(JSON.stringify(value))), weight: 1 },
    );
  return fc.constantFrom(...types).chain((type) => {
    const json = body['application/json'] ?? Object.values(body)[0] ?? {};
    const value = fitting(json, schemas);
    const text = fc.oneof(
      { arbitrary: value.map((right) => JSON.stringify(right)), weight: 4 },
      { arbitrary: value.chain(damaged).map((wrong) => JSON.stringify(wrong) ?? 'null'), weight: 6 },
      { arbitrary: value.chain((right) => brokenText(JSON.stringify(right))), weight: 3 },
    );
    return text.map((written) => ({ headers: { 'Content-Type': type }, bytes: Buffer.from(written) }));
  });
}

/** A JSON text as it comes over bad lines and from bad programs; YAML takes JSON, so it fits both. */
function brokenText(text: string): fc.Arbitrary<string> {
  const middle = text.length >> 1;
  return fc.constantFrom(
    text.slice(0, middle),
    `${text}${text}`,
    `\uFEFF${text}`,
    `${text.slice(0, middle)}\0${text.slice(middle)}`,
    text.replace('{', '{"name": 1, "name": 2, '),
    text.replaceAll('"', "'"),
    text.replaceAll(':', ': 1e999, "x":'),
    `${'['.repeat(100_000)}`,
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
    `a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c, *c]\n`,
    '!!js/function "process.exit()"',
    'name: x\n---\nname: y\n',
    '\t- a',
    '',
  );
}

function jsonBody(text: string): Body {
  return { headers: { 'Content-Type': 'application/json' }, bytes: Buffer.from(text) };
}
