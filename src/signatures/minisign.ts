/**
 * Detached signatures and public keys in the files of minisign(1): a comment, and Base64 of an algorithm, a key's id and a
 * signature; then a comment that is signed as well. What is signed is the BLAKE2b-512 of a file, never the file itself.
 * https://jedisct1.github.io/minisign/#signature-format
 */
import { verify } from 'node:crypto';
import { LdfError } from '../errors.ts';
import {
  keyIdBytes,
  keyIdOf,
  keyIdText,
  publicKeyBytes,
  publicKeyObject,
  type Signer,
  signatureBytes,
} from './signer.ts';

/** A file of signatures or keys has a few hundred bytes. */
export const mostSignatureBytes = 4096;

const algorithmOf = { key: 'Ed', hashed: 'ED', whole: 'Ed' } as const;
const untrusted = 'untrusted comment: ';
const trusted = 'trusted comment: ';

export interface FileSignature {
  keyId: Buffer;
  signature: Buffer;
  /** Signed, too. */
  comment: string;
  commentSignature: Buffer;
}

/** What LDF says in the comment that is signed; minisign itself writes the same. */
export interface SignedComment {
  /** The name of the file. */
  file: string;
  /** Seconds since 1970. */
  timestamp: number;
}

/** The text of a signature. @param blake2b the BLAKE2b-512 of the file */
export function writeSignature(signer: Signer, blake2b: Uint8Array, { file, timestamp }: SignedComment): string {
  const comment = `timestamp:${timestamp}\tfile:${file}\thashed`;
  const id = keyIdOf(signer.publicKey);
  const signature = signer.sign(blake2b);
  const commentSignature = signer.sign(signedComment(signature, comment));
  return [
    `${untrusted}signature of ${file} by the key ${keyIdText(id)}`,
    base64(Buffer.from(algorithmOf.hashed), id, signature),
    `${trusted}${comment}`,
    base64(commentSignature),
    '',
  ].join('\n');
}

/** undefined for what is no such file, or signs a file that is not hashed, which LDF does not write. */
export function readSignature(text: string): FileSignature | undefined {
  const [first, second, third, fourth, ...rest] = text.trimEnd().split(/\r?\n/);
  if (!first?.startsWith(untrusted) || !third?.startsWith(trusted) || rest.length > 0) return undefined;
  const bytes = fromBase64(second, 2 + keyIdBytes + signatureBytes);
  const commentSignature = fromBase64(fourth, signatureBytes);
  if (!bytes || !commentSignature || bytes.toString('latin1', 0, 2) !== algorithmOf.hashed) return undefined;
  return {
    keyId: bytes.subarray(2, 2 + keyIdBytes),
    signature: bytes.subarray(2 + keyIdBytes),
    comment: third.slice(trusted.length),
    commentSignature,
  };
}

/** Whether the key's owner has signed the file of this hash, and the comment with it. */
export function isSignedBy(found: FileSignature, { publicKey }: PublicKey, blake2b: Uint8Array): boolean {
  const key = publicKeyObject(publicKey);
  return (
    verify(null, blake2b, key, found.signature) &&
    verify(null, signedComment(found.signature, found.comment), key, found.commentSignature)
  );
}

/** The name that a signed comment gives its file; undefined where it gives none. */
export function signedName(comment: string): string | undefined {
  return /(?:^|\t)file:([^\t]+)/.exec(comment)?.[1];
}

export interface PublicKey {
  /** As signatures name it. */
  id: Buffer;
  publicKey: Buffer;
}

/** What `minisign -P` takes: one word. */
export function publicKeyWord(publicKey: Uint8Array): string {
  return base64(Buffer.from(algorithmOf.key), keyIdOf(publicKey), publicKey);
}

/** What `minisign -p` takes: a file. @param word see publicKeyWord */
export function publicKeyFile(word: string): string {
  return `${untrusted}minisign public key ${keyIdText(readPublicKey(word).id)}\n${word}\n`;
}

/** Of a file or a word. @throws LdfError `usage` for what is none */
export function readPublicKey(text: string): PublicKey {
  const word = text.trim().split(/\r?\n/).at(-1);
  const bytes = fromBase64(word, 2 + keyIdBytes + publicKeyBytes);
  if (!bytes || bytes.toString('latin1', 0, 2) !== algorithmOf.key)
    throw new LdfError('usage', 'This is no public key of minisign.', {
      hint: 'Get it from whoever built the artifact: ldf keys export-key NAME',
    });
  return { id: bytes.subarray(2, 2 + keyIdBytes), publicKey: bytes.subarray(2 + keyIdBytes) };
}

function signedComment(signature: Uint8Array, comment: string): Buffer {
  return Buffer.concat([signature, Buffer.from(comment)]);
}

function base64(...parts: Uint8Array[]): string {
  return Buffer.concat(parts).toString('base64');
}

/** undefined unless it is Base64 of so many bytes. */
function fromBase64(text: string | undefined, sizeBytes: number): Buffer | undefined {
  const bytes = Buffer.from(text ?? '', 'base64');
  return bytes.length === sizeBytes && bytes.toString('base64') === text ? bytes : undefined;
}
