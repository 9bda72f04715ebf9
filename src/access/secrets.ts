/** Tokens, codes and cookies: random words, of which only hashes are kept and compared. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits in base64url (RFC 4648), after a prefix by which scanners of leaked secrets know whose they are. */
export function newSecret(prefix = ''): string {
  return prefix + randomBytes(32).toString('base64url');
}

export function newToken(): string {
  return newSecret('ldf_');
}

export function sha256(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Takes the same time wherever the two differ. */
export function sameHash(one: Buffer, other: Buffer): boolean {
  return timingSafeEqual(one, other);
}
