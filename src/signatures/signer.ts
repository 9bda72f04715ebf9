/** Ed25519 (RFC 8032), as whatever signs artifacts and whoever checks that need it. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** Bytes of a public key, and of a signature. */
export const publicKeyBytes = 32;
export const signatureBytes = 64;

/** Bytes of the id by which a signature names its key. */
export const keyIdBytes = 8;

/** What signs, without its private key being told to anybody. */
export interface Signer {
  publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** The id of a public key: it follows from the key, so that no file has to keep it. */
export function keyIdOf(publicKey: Uint8Array): Buffer {
  return createHash('sha256').update(publicKey).digest().subarray(0, keyIdBytes);
}

/** As minisign(1) shows it: a little-endian number, in hexadecimal. */
export function keyIdText(id: Uint8Array): string {
  return Buffer.from(id).reverse().toString('hex').toUpperCase();
}

/** For node:crypto. @param publicKey its 32 bytes */
export function publicKeyObject(publicKey: Uint8Array): KeyObject {
  const x = Buffer.from(publicKey).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** The 32 bytes of a public key, or of the one that belongs to a private key. */
export function rawPublicKey(key: KeyObject): Buffer {
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url');
}
