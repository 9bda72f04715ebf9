/** What an image is signed with, as stages know it. The private key is in no parameter: see `signsWith` in stage.ts. */
import * as z from 'zod';
import type { ChosenPart } from './chosen-part.ts';
import { Sha256 } from './contract.ts';

export const SigningCertificate = z.strictObject({
  /** Of its DER. */
  sha256: Sha256,
  pem: z.string().max(16_384),
});
export type SigningCertificate = z.infer<typeof SigningCertificate>;

export interface Signing {
  certificate: SigningCertificate;
  /** The machines that the image is to boot on, which know the certificate and start nothing that is not signed with its key. */
  bootsOn: ChosenPart[];
}
