import * as z from 'zod';
import { Sha256 } from '../../../src/definition/sha256.ts';
import { FileAddress } from '../../../src/definition/web-address.ts';

export const UrlParams = z.strictObject({
  /** Of an archive with a kernel's tree. */
  url: FileAddress,
  /** Of that file. */
  sha256: Sha256,
});
export type UrlParams = z.infer<typeof UrlParams>;
