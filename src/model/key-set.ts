/** Key sets: what images are signed with. A private key is in none of these: it stands in the installation's own files alone. */
import * as z from 'zod';
import { slug } from '../definition/names.ts';
import { Time } from './time.ts';

/** What is told of a certificate. */
export const CertificateFacts = z.strictObject({
  /** Of the certificate's DER, in lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  subject: z.string(),
  validFrom: Time,
  expiresAt: Time,
});
export type CertificateFacts = z.infer<typeof CertificateFacts>;

export const KeySet = z.strictObject({
  name: slug,
  /** null where it cannot be read. */
  certificate: CertificateFacts.nullable(),
  problem: z
    .strictObject({ message: z.string(), hint: z.string() })
    .nullable()
    .describe('Why nothing can be signed with it now; null when it can.'),
});
export type KeySet = z.infer<typeof KeySet>;

export const KeySetList = z.strictObject({ items: z.array(KeySet) });

/** How long a certificate lasts that is made here: firmware does not look at it, and to enrol another is work at each machine. */
const usualDays = 3650;
const mostDays = 36_500;

/** PEM of a certificate or a key has a few thousand characters. */
const pem = z.string().min(1).max(16_384);

export const KeySetRequest = z.strictObject({
  name: slug,
  days: z.int().min(1).max(mostDays).default(usualDays).describe('How long a certificate that is made is valid.'),
  imported: z
    .strictObject({ certificate: pem, privateKey: pem })
    .optional()
    .describe('A certificate and its private key (PEM, not encrypted) to take in instead of making them.'),
});
export type KeySetRequest = z.infer<typeof KeySetRequest>;
