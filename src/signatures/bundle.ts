/**
 * Sigstore's bundle: a signed statement in the one file that cosign(1) takes. It names the key that it is checked with, and nothing of
 * a transparency log, which would need a network. https://docs.sigstore.dev/about/bundle/
 */
import { createHash } from 'node:crypto';
import type { Envelope } from './dsse.ts';
import { publicKeyObject, type Signer } from './signer.ts';

export const bundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** The text of a bundle. @param envelope what `signer` has signed */
export function writeBundle({ publicKey }: Signer, envelope: Envelope): string {
  // What cosign writes there: a hash of the key as SubjectPublicKeyInfo (RFC 5280).
  const spki = publicKeyObject(publicKey).export({ format: 'der', type: 'spki' });
  const hint = createHash('sha256').update(spki).digest('base64');
  return `${JSON.stringify({
    mediaType: bundleMediaType,
    verificationMaterial: { publicKey: { hint }, tlogEntries: [] },
    dsseEnvelope: envelope,
  })}\n`;
}
