/** Bundles, as the code of Sigstore itself reads and checks them. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { describe, expect, it } from 'vitest';
import { writeBundle } from '../../../src/signatures/bundle.ts';
import { signedEnvelope } from '../../../src/signatures/dsse.ts';
import { statementMediaType } from '../../../src/signatures/provenance.ts';
import { publicKeyObject, rawPublicKey, type Signer } from '../../../src/signatures/signer.ts';

const statement = '{"_type":"https://in-toto.io/Statement/v1"}';

function newSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey: rawPublicKey(publicKey), sign: (message) => sign(null, message, privateKey) };
}

/** What cosign does with `--key` and `--insecure-ignore-tlog`. @throws VerificationError */
function check(text: string, publicKey: Uint8Array): void {
  const noRoots = { mediaType: '', certificateAuthorities: [], ctlogs: [], timestampAuthorities: [], tlogs: [] };
  const trusted = toTrustMaterial(noRoots, () => ({ publicKey: publicKeyObject(publicKey), validFor: () => true }));
  const thresholds = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };
  new Verifier(trusted, thresholds).verify(toSignedEntity(bundleFromJSON(JSON.parse(text))));
}

describe('a bundle', () => {
  const signer = newSigner();
  const text = writeBundle(signer, signedEnvelope(signer, statementMediaType, statement));

  it('is good by the key that signed it, and by no other', () => {
    check(text, signer.publicKey);
    expect(() => check(text, newSigner().publicKey)).toThrow('signature verification failed');
  });

  it('is bad when anything in it was changed', () => {
    const changed = Buffer.from(statement.replace('v1', 'v2')).toString('base64');
    expect(() => check(text.replace(Buffer.from(statement).toString('base64'), changed), signer.publicKey)).toThrow(
      'signature verification failed',
    );
  });

  it('names its key by the hash that cosign gives it', () => {
    const spki = publicKeyObject(signer.publicKey).export({ format: 'der', type: 'spki' });
    expect(JSON.parse(text).verificationMaterial.publicKey.hint).toBe(
      createHash('sha256').update(spki).digest('base64'),
    );
  });
});
