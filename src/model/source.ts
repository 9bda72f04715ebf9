/** A file in the source store that somebody sent. */
import * as z from 'zod';
import { fileName } from '../definition/names.ts';
import { Sha256 } from '../definition/sha256.ts';

/** Under which it is listed. */
export const SourceName = fileName('linux-6.12.40.tar.xz');

export const AddedSource = z.strictObject({
  sha256: Sha256.describe('What a definition names it by.'),
  sizeBytes: z.int().positive(),
  filename: SourceName,
});
export type AddedSource = z.infer<typeof AddedSource>;
