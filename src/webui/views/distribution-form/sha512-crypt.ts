/**
 * SHA512-crypt, the `$6$` of crypt(5), by its specification (https://www.akkadia.org/drepper/SHA-crypt.txt; the numbers in
 * comments are its steps). Not by WebCrypto: browsers have that only where the page comes by https or from this machine.
 */
import { sha512 } from '@noble/hashes/sha2.js';

/** What is asked for where nothing is said; bounds as the specification has them. */
const defaultRounds = 5_000;
const fewestRounds = 1_000;
const mostRounds = 999_999_999;
const saltLength = 16;
/** For new passwords: about as much work as a log-in may take on a slow machine, and ten times the default. */
const chosenRounds = 50_000;
/** Between two of them the page may draw and answer. */
const roundsAtOnce = 2_000;

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A hash with a salt of its own. */
export function hashPassword(password: string): Promise<string> {
  const salt = [...crypto.getRandomValues(new Uint8Array(saltLength))].map((byte) => alphabet[byte & 63]).join('');
  return sha512Crypt(password, salt, chosenRounds);
}

/** @param rounds undefined: the default, which the hash does not name; others are brought within the bounds */
export async function sha512Crypt(password: string, salt: string, rounds?: number): Promise<string> {
  const key = utf8(password);
  const usedSalt = salt.slice(0, saltLength);
  const saltBytes = utf8(usedSalt);
  const count = Math.min(mostRounds, Math.max(fewestRounds, rounds ?? defaultRounds));

  // 4–8
  const b = sha512(joined(key, saltBytes, key));
  // 1–3, 9–12
  const parts = [key, saltBytes, repeated(b, key.length)];
  for (let left = key.length; left > 0; left >>= 1) parts.push(left & 1 ? b : key);
  const a = sha512(joined(...parts));
  // 13–16
  const p = repeated(sha512(joined(...new Array<Uint8Array>(key.length).fill(key))), key.length);
  // 17–20
  const s = repeated(sha512(joined(...new Array<Uint8Array>(16 + (a[0] ?? 0)).fill(saltBytes))), saltBytes.length);
  // 21
  const none = new Uint8Array();
  let c: Uint8Array = a;
  for (let round = 0; round < count; round++) {
    const odd = (round & 1) === 1;
    c = sha512(joined(odd ? p : c, round % 3 ? s : none, round % 7 ? p : none, odd ? c : p));
    if (round % roundsAtOnce === roundsAtOnce - 1) await new Promise((resolve) => setTimeout(resolve));
  }
  // 22
  return `$6$${rounds === undefined ? '' : `rounds=${count}$`}${usedSalt}$${encoded(c)}`;
}

/** 22 e: three bytes at a time, 21 apart, and the last alone. */
function encoded(hash: Uint8Array): string {
  const byte = (at: number) => hash[at] ?? 0;
  let text = '';
  for (let group = 0, [x, y, z] = [0, 21, 42] as const; group < 21; group++) {
    const bits = (byte((x + group * 22) % 63) << 16) | (byte((y + group * 22) % 63) << 8) | byte((z + group * 22) % 63);
    text += characters(bits, 4);
  }
  return text + characters(byte(63), 2);
}

/** Six bits each, the lowest first. */
function characters(bits: number, count: number): string {
  return Array.from({ length: count }, (_, at) => alphabet[(bits >> (6 * at)) & 63]).join('');
}

function repeated(bytes: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => bytes[at % bytes.length] ?? 0);
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
