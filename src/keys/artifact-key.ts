/** The key of a key set that signs artifacts: Ed25519, which minisign(1) and DSSE have in common. It has no certificate. */
import { createPrivateKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { ArtifactKey, KeySet } from '../model/key-set.ts';
import { publicKeyWord, readPublicKey } from '../signatures/minisign.ts';
import { keyIdText, rawPublicKey, type Signer } from '../signatures/signer.ts';
import { parsed } from './parsed.ts';
import { privateFileProblem, readPrivateKey } from './private-file.ts';

/** A new key: PEM (PKCS #8), not encrypted. */
export async function makeArtifactKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ed25519');
  return pemOf(privateKey);
}

/** The key in the form in which it is kept; undefined for what is no Ed25519 key that can be read without a passphrase. */
export function checkedArtifactKey(pem: string): string | undefined {
  const key = parsed(() => createPrivateKey(pem));
  return key?.asymmetricKeyType === 'ed25519' ? pemOf(key) : undefined;
}

export function signerOf(pem: string): Signer {
  const key = createPrivateKey(pem);
  return { publicKey: rawPublicKey(key), sign: (message) => sign(null, message, key) };
}

/** What is told of the key in a file. @param set the name of its key set */
export async function artifactKeyFacts(
  path: string,
  set: string,
): Promise<{ artifactKey: ArtifactKey | null; problem: KeySet['artifactProblem'] }> {
  const problem = await privateFileProblem(path, {
    what: 'key for artifacts',
    missing: `Add one to it: ldf keys add-artifact-key ${set}`,
  });
  if (problem) return { artifactKey: null, problem };
  const key = await readPrivateKey(path);
  if (key?.asymmetricKeyType === 'ed25519') {
    const publicKey = publicKeyWord(rawPublicKey(key));
    return { artifactKey: { id: keyIdText(readPublicKey(publicKey).id), publicKey }, problem: null };
  }
  return {
    artifactKey: null,
    problem: {
      message: 'has a key for artifacts that cannot be read',
      hint: `Put an Ed25519 key at ${path} (PEM, not encrypted), or name another key set.`,
    },
  };
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}
