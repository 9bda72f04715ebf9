/** What whoever makes an artifact says of it. Everything that deals with artifacts goes by this, and by no format's name. */
import * as z from 'zod';

export const ArtifactFacts = z.strictObject({
  kind: z
    .enum(['image', 'document', 'recording'])
    .describe(
      'An image; a document about images, as the SBOM; or what one boot left to look at, which no other boot leaves the same.',
    ),
  format: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.+-]{0,30}[a-z0-9])?$/)
    .describe('What the format is called, such as qcow2.'),
  mediaType: z
    .string()
    .regex(/^[a-z]+\/[a-z0-9.+-]{1,100}(; charset=utf-8)?$/)
    .describe("As HTTP's Content-Type has it."),
  disk: z
    .enum(['whole', 'cdrom', 'network'])
    .nullable()
    .describe(
      'What a machine sees in it: a whole disk, a CD, what it loads over the network together with the files beside it; null for what no machine takes as such.',
    ),
  sparse: z.boolean().describe('It has holes, which whoever copies it should leave out.'),
  bootable: z.boolean().describe('A machine can start from it.'),
});
export type ArtifactFacts = z.infer<typeof ArtifactFacts>;
