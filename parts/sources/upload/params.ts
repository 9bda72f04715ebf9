import * as z from 'zod';
import { Sha256 } from '../../../src/definition/sha256.ts';

export const UploadParams = z.strictObject({
  /** Of an archive with a kernel's tree, which was put into the source store. */
  sha256: Sha256,
});
export type UploadParams = z.infer<typeof UploadParams>;
