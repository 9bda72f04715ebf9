/** Whether a file that is not the same each time holds a key, a password or an identity, as far as bytes can tell. */

export interface Sample {
  path: string;
  /** Permission bits. */
  mode: number;
  content: Buffer;
}

/** A key is small; what is larger and not text is a database, a cache or an index. */
const maxKeyBytes = 64 << 10;
/** Shorter words are dates, numbers and names. A UUID without its hyphens has 32 digits, a password of 96 bits 16. */
const minTokenLength = 16;
/** Bits a character: digits alone have at most 3.3, random hexadecimal of 32 digits about 3.6, words of a language less. */
const minTokenBits = 3;
/** Bits a byte of binary content, of what is possible at its length. */
const minBinaryShare = 0.85;
/** Of two keys, nearly all bytes differ; of two databases, a few. */
const minDifferingShare = 0.5;

const privateKey = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/;
const telltaleName = /key|secret|cookie|passw|token|cred|auth|cert|uuid|host-?id|machine-?id|\.pem$/i;

/** `other` is what another configuration of the same packages made of it; undefined when none did. */
export function isKeyLike({ path, mode, content }: Sample, other: Buffer | undefined): boolean {
  const text = content.toString('latin1');
  if (privateKey.test(text)) return true;
  const isPrivate = (mode & 0o004) === 0;
  const isNamedSo = telltaleName.test(path.slice(path.lastIndexOf('/')));
  // Without a second version, both the name and the mode must say so.
  const isSuspect = other ? isPrivate || isNamedSo : isPrivate && isNamedSo;
  if (isText(content)) {
    const known = new Set(other ? tokens(other.toString('latin1')) : []);
    return (
      (isSuspect || (other !== undefined && path.startsWith('/etc/'))) && tokens(text).some((word) => !known.has(word))
    );
  }
  if (!isSuspect || content.length > maxKeyBytes) return false;
  return other ? differingShare(content, other) >= minDifferingShare : isDense(content);
}

function isText(content: Buffer): boolean {
  return !content.some((byte) => byte < 9 || byte === 127);
}

/** Words that no person would write: long, of letters and digits, and every character rare. */
function tokens(text: string): string[] {
  return (text.match(/[A-Za-z0-9+/=_-]+/g) ?? []).filter(
    (word) =>
      word.length >= minTokenLength &&
      /[0-9]/.test(word) &&
      /[A-Za-z]/.test(word) &&
      bitsEach(Buffer.from(word)) >= minTokenBits,
  );
}

function isDense(content: Buffer): boolean {
  return bitsEach(content) >= minBinaryShare * Math.min(8, Math.log2(content.length));
}

/** Shannon's entropy of the bytes, in bits a byte. */
function bitsEach(content: Buffer): number {
  const counts = new Map<number, number>();
  for (const byte of content) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / content.length) * Math.log2(count / content.length),
    0,
  );
}

function differingShare(one: Buffer, other: Buffer): number {
  const length = Math.max(one.length, other.length);
  let differing = 0;
  for (let at = 0; at < length; at++) if (one[at] !== other[at]) differing++;
  return differing / length;
}
