/** Key sets: what images and artifacts are signed with. A private key is in none of these: it stands in the installation's own files alone. */
import * as z from 'zod';
import { slug } from '../definition/names.ts';
import { Sha256 } from '../definition/sha256.ts';
import { Time } from './time.ts';

/** What is told of a certificate. */
export const CertificateFacts = z.strictObject({
  /** Of the certificate's DER, in lower-case hexadecimal. */
  sha256: Sha256,
  subject: z.string(),
  validFrom: Time,
  expiresAt: Time,
});
export type CertificateFacts = z.infer<typeof CertificateFacts>;

/** The public half of what artifacts are signed with. */
export const ArtifactKey = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9A-F]{16}$/)
    .describe('By which signatures name it.'),
  publicKey: z
    .string()
    .regex(/^[A-Za-z0-9+/]{56}$/)
    .describe('As minisign takes it: `minisign -V -P`.'),
});
export type ArtifactKey = z.infer<typeof ArtifactKey>;

const problem = z.strictObject({ message: z.string(), hint: z.string() }).nullable();

export const KeySet = z.strictObject({
  name: slug,
  /** null where it cannot be read. */
  certificate: CertificateFacts.nullable(),
  problem: problem.describe('Why no image can be signed with it for Secure Boot now; null when one can.'),
  artifactKey: ArtifactKey.nullable().describe('null where it has none that can be read.'),
  artifactProblem: problem.describe('Why no artifact can be signed with it now; null when one can.'),
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
    .strictObject({ certificate: pem, privateKey: pem, artifactKey: pem.optional() })
    .optional()
    .describe(
      'A certificate and its private key (PEM, not encrypted) to take in instead of making them; and an Ed25519 key for artifacts, which is made without one.',
    ),
});
export type KeySetRequest = z.infer<typeof KeySetRequest>;
