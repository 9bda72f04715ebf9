/** DSSE envelopes: a payload with its type, and signatures over both. https://github.com/secure-systems-lab/dsse */
import { verify } from 'node:crypto';
import * as z from 'zod';
import { keyIdOf, keyIdText, publicKeyObject, type Signer } from './signer.ts';

/** Characters of a payload in Base64, and signatures, that are read. */
const mostPayload = 64 << 20;
const mostSignatures = 16;

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

const Envelope = z.object({
  payloadType: z.string().max(256),
  payload: z.string().max(mostPayload).regex(base64),
  signatures: z
    .array(z.object({ keyid: z.string().max(256).optional(), sig: z.string().max(1024).regex(base64) }))
    .min(1)
    .max(mostSignatures),
});
export type Envelope = z.infer<typeof Envelope>;

/** An envelope with one signature. */
export function signedEnvelope(signer: Signer, payloadType: string, payload: string): Envelope {
  const bytes = Buffer.from(payload);
  const sig = Buffer.from(signer.sign(encoded(payloadType, bytes))).toString('base64');
  const keyid = keyIdText(keyIdOf(signer.publicKey));
  return { payloadType, payload: bytes.toString('base64'), signatures: [{ keyid, sig }] };
}

export interface OpenedEnvelope {
  payloadType: string;
  payload: Buffer;
  /** Whether the owner of a key has signed it. @param publicKey 32 bytes */
  isSignedBy(publicKey: Uint8Array): boolean;
}

/** @throws SyntaxError, ZodError for what is no envelope */
export function readEnvelope(text: string): OpenedEnvelope {
  const { payloadType, payload, signatures } = Envelope.parse(JSON.parse(text));
  const bytes = Buffer.from(payload, 'base64');
  return {
    payloadType,
    payload: bytes,
    isSignedBy(publicKey) {
      const [key, message] = [publicKeyObject(publicKey), encoded(payloadType, bytes)];
      return signatures.some(({ sig }) => verify(null, message, key, Buffer.from(sig, 'base64')));
    },
  };
}

/** PAE, "pre-authentication encoding", version 1: lengths in bytes, so that no two payloads look the same. */
function encoded(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
