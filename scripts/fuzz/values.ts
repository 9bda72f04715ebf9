/** Values to send: what a JSON Schema allows, and what nobody should ever have to accept. */
import fc from 'fast-check';
import type { JsonSchema } from './operations.ts';

/** How deep a schema is followed; what lies below is left out where it may be. */
const maxDepth = 6;

const awkwardTexts = [
  '',
  ' ',
  '\0',
  '\u{1F427}\u202Egpj.exe',
  '\uD800',
  '\u001B]52;c;AAAA\u0007',
  '../../../../etc/passwd',
  '%2e%2e%2f',
  '\'; DROP TABLE "Build"; --',
  `\${jndi:ldap://127.0.0.1/a}`,
  '$(id)',
  '__proto__',
  'constructor',
  'toString',
  '1e999',
  '-0',
  'NaN',
  'null',
  'x'.repeat(70_000),
];

/** A text that is unlikely to be right anywhere. */
export const awkwardText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...awkwardTexts),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const longList = fc.constantFrom(0, 1, 2_000, 50_000).map((length) => Array<unknown>(length).fill('a'));
const manyKeys = fc
  .constantFrom(1, 300, 5_000)
  .map((count) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, index])));

function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** A value of the wrong type, or one that is far too large or too deep. */
export const awkwardValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: awkwardText, weight: 4 },
  { arbitrary: fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 2 ** 53, 1e308, -1e308, [], {}), weight: 4 },
  { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 3 },
  { arbitrary: longList, weight: 1 },
  { arbitrary: manyKeys, weight: 1 },
  { arbitrary: fc.constantFrom(70, 500, 3_000).map(nested), weight: 1 },
  {
    arbitrary: fc.constant(JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {}}}')),
    weight: 1,
  },
);

/** A value that fits the schema, most of the time: formats and refinements are not followed. */
export function fitting(schema: JsonSchema, schemas: Record<string, JsonSchema>, depth = 0): fc.Arbitrary<unknown> {
  const follow = (inner: JsonSchema) => fitting(inner, schemas, depth + 1);
  if (depth > maxDepth) return fc.constant(null);
  if (schema.$ref !== undefined) return follow(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices && choices.length > 0) return fc.oneof(...choices.map(follow));
  if (schema.allOf && schema.allOf.length > 0) return follow(schema.allOf[0] ?? {});
  const [type] = Array.isArray(schema.type) ? schema.type : [schema.type];
  switch (type) {
    case 'object':
      return objectOf(schema, follow);
    case 'array':
      return typeof schema.items === 'object'
        ? fc.array(follow(schema.items), { maxLength: Math.min(schema.maxItems ?? 3, 3) })
        : fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 });
    case 'integer':
      return fc.integer({ min: clamp(schema.minimum ?? 0), max: clamp(schema.maximum ?? 1_000) });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return textOf(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf(schema: JsonSchema, follow: (inner: JsonSchema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) {
    const rest = typeof schema.additionalProperties === 'object' ? follow(schema.additionalProperties) : fc.jsonValue();
    return fc.dictionary(fc.string({ maxLength: 12 }), rest, { maxKeys: 3 });
  }
  const model = Object.fromEntries(properties.map(([name, inner]) => [name, follow(inner)]));
  return fc.record(model, { requiredKeys: schema.required ?? [] });
}

function textOf({ pattern, maxLength }: JsonSchema): fc.Arbitrary<string> {
  if (pattern === undefined) return fc.string({ maxLength: Math.min(maxLength ?? 20, 20) });
  const made = matching.get(pattern) ?? textsMatching(pattern);
  matching.set(pattern, made);
  return made;
}

/** By pattern: making one takes fast-check some 10 ms, which is longer than the server takes for a request. */
const matching = new Map<string, fc.Arbitrary<string>>();

function textsMatching(pattern: string): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern), { size: 'small' });
  } catch {
    // fast-check follows most of the syntax of regular expressions, but not all of it.
    return fc.string({ maxLength: 20 });
  }
}

function clamp(value: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value));
}

/** One place of a value replaced by something awkward, or a key added or left out. */
export function damaged(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return awkwardValue;
  const keys = Object.keys(value);
  const own = new Map(Object.entries(value));
  const with_ = (key: string, inner: unknown) => Object.fromEntries([...own, [key, inner]]);
  const added = fc.tuple(awkwardText, awkwardValue).map(([key, inner]) => with_(key.slice(0, 200), inner));
  if (keys.length === 0) return added;
  const one = fc.constantFrom(...keys);
  return fc.oneof(
    fc.tuple(one, awkwardValue).map(([key, inner]) => with_(key, inner)),
    one.chain((key) => damaged(own.get(key)).map((inner) => with_(key, inner))),
    one.map((key) => Object.fromEntries([...own].filter(([name]) => name !== key))),
    added,
  );
}
