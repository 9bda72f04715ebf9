import * as z from 'zod';
import { WebAddress } from '../definition/web-address.ts';
import { ChosenPart } from './chosen-part.ts';
import { Sha256 } from './contract.ts';

/** Other addresses of one file. */
const mostAddresses = 16;

/** A file to fetch. `url` is where it was found; `sha256` is what it is. */
export const SourceFile = z.strictObject({
  url: WebAddress,
  sha256: Sha256,
  /** Other addresses of the same file, which are asked when that one does not have it. */
  elsewhere: z.array(WebAddress).max(mostAddresses).optional(),
  /** The part that makes the file of what is at `url`, where that is not the file itself. */
  madeBy: ChosenPart.optional(),
  sizeBytes: z.int().positive(),
  /** The file's own name, for messages and the store's listing. */
  filename: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~%:-]{0,254}$/),
});
export type SourceFile = z.infer<typeof SourceFile>;
