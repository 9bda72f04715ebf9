/** One text for one value, whatever order its keys were written in: what content keys are hashes of. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** The value's text by RFC 8785. @throws Error for what JSON cannot say: undefined, NaN, half of a surrogate pair. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('undefined has no canonical JSON');
  return text;
}

/** sha256 of the canonical JSON, in hexadecimal. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
