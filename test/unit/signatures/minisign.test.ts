/** The files of minisign: a signature of its own making is taken, and nothing that was changed. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  isSignedBy,
  publicKeyFile,
  publicKeyWord,
  readPublicKey,
  readSignature,
  signedName,
  writeSignature,
} from '../../../src/signatures/minisign.ts';
import { keyIdOf, keyIdText, rawPublicKey, type Signer } from '../../../src/signatures/signer.ts';

function newSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey: rawPublicKey(publicKey), sign: (message) => sign(null, message, privateKey) };
}

const signer = newSigner();
const hash = (text: string) => createHash('blake2b512').update(text).digest();
const written = writeSignature(signer, hash('an image'), { file: 'a b.raw', timestamp: 1_700_000_000 });
const key = readPublicKey(publicKeyWord(signer.publicKey));

describe('a signature', () => {
  it('is four lines, with the name and the time in the comment that is signed', () => {
    expect(written.split('\n')).toEqual([
      `untrusted comment: signature of a b.raw by the key ${keyIdText(keyIdOf(signer.publicKey))}`,
      expect.stringMatching(/^RU[Q-T][A-Za-z0-9+/]{96}=$/),
      'trusted comment: timestamp:1700000000\tfile:a b.raw\thashed',
      expect.stringMatching(/^[A-Za-z0-9+/]{86}==$/),
      '',
    ]);
    const found = readSignature(written);
    expect(found && signedName(found.comment)).toBe('a b.raw');
    expect(found && isSignedBy(found, key, hash('an image'))).toBe(true);
  });

  it('is none of other bytes, of another key, or of another comment', () => {
    const found = readSignature(written);
    if (!found) throw new Error('it cannot be read');
    expect(isSignedBy(found, key, hash('another'))).toBe(false);
    expect(isSignedBy(found, readPublicKey(publicKeyWord(newSigner().publicKey)), hash('an image'))).toBe(false);
    const renamed = readSignature(written.replace('\tfile:a b.raw', '\tfile:c.raw'));
    expect(renamed && isSignedBy(renamed, key, hash('an image'))).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['cut off', written.slice(0, 150)],
    ['without its first comment', written.split('\n').slice(1).join('\n')],
    ['of a whole file, not of its hash', written.replace(/\nRU([Q-T])/, '\nRW$1')],
    ['with more lines than it has', `${written}more\n`],
  ])('that is %s is not read', (_, text) => expect(readSignature(text)).toBeUndefined());
});

describe('a public key', () => {
  it('is read from its file as from its word', () => {
    const word = publicKeyWord(signer.publicKey);
    expect(word).toMatch(/^RW[A-Za-z0-9+/]{54}$/);
    expect(publicKeyFile(word)).toBe(`untrusted comment: minisign public key ${keyIdText(key.id)}\n${word}\n`);
    expect(readPublicKey(publicKeyFile(word))).toEqual(key);
    expect(key.publicKey).toEqual(signer.publicKey);
  });

  it.each(['', 'RWQ', '-----BEGIN PUBLIC KEY-----', written])('is not %j', (text) =>
    expect(() => readPublicKey(text)).toThrow(expect.objectContaining({ code: 'usage' })),
  );
});
