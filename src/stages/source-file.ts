import * as z from 'zod';
import { WebAddress } from '../definition/web-address.ts';
import { Sha256 } from './contract.ts';

/** A file to fetch. `url` is where it was found; `sha256` is what it is. */
export const SourceFile = z.strictObject({
  url: WebAddress,
  sha256: Sha256,
  sizeBytes: z.int().positive(),
  /** The file's own name, for messages and the store's listing. */
  filename: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~%:-]{0,254}$/),
});
export type SourceFile = z.infer<typeof SourceFile>;
