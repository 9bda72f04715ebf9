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
/** Shorter words count, too, in a file that is suspect anyway, if letters and digits take turns as in hexadecimal. */
const minSuspectLength = 10;
const minTurns = 3;
/** Bits a byte of binary content, of what is possible at its length. */
const minBinaryShare = 0.85;
/** Of two keys, nearly all bytes differ; of two databases, a few. */
const minDifferingShare = 0.5;
/** The same for keys written as text in some form of their own, such as lists of numbers; of which some is punctuation. */
const minDifferingText = 0.25;

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
    const known = new Set(other ? words(other.toString('latin1')) : []);
    const own = words(text).filter((word) => !known.has(word));
    if ((isSuspect || (other && path.startsWith('/etc/'))) && own.some(isToken)) return true;
    if (!other || !isSuspect) return false;
    return own.some(takesTurns) || (isPrivate && isNamedSo && differingShare(content, other) >= minDifferingText);
  }
  if (!isSuspect || content.length > maxKeyBytes) return false;
  return other ? differingShare(content, other) >= minDifferingShare : isDense(content);
}

/**
 * Whether a file can hold neither a key nor a date: a text that everybody may read, without long words of letters and
 * digits, years, or times of day.
 */
export function isPlain({ path, mode, content }: Sample): boolean {
  const text = content.toString('latin1');
  if ((mode & 0o004) === 0 || telltaleName.test(path.slice(path.lastIndexOf('/'))) || !isText(content)) return false;
  return !/[0-9]{4}|[0-9]:[0-9]{2}/.test(text) && !words(text).some((word) => isToken(word) || takesTurns(word));
}

function isText(content: Buffer): boolean {
  return !content.some((byte) => byte < 9 || byte === 127);
}

function words(text: string): string[] {
  return text.match(/[A-Za-z0-9+/=_-]+/g) ?? [];
}

/** A word that no person would write: long, of letters and digits, and every character rare. */
function isToken(word: string): boolean {
  const isMixed = /[0-9]/.test(word) && /[A-Za-z]/.test(word);
  return word.length >= minTokenLength && isMixed && bitsEach(Buffer.from(word)) >= minTokenBits;
}

function takesTurns(word: string): boolean {
  return word.length >= minSuspectLength && (word.match(/[0-9](?=[a-z])|[a-z](?=[0-9])/gi) ?? []).length >= minTurns;
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
