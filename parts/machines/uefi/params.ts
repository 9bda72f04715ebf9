import * as z from 'zod';

export const UefiParams = z.strictObject({
  /** What the firmware knows (PEM), Secure Boot being on: it starts nothing that is not signed with the key of it. */
  certificate: z.string().max(16_384).optional(),
});
