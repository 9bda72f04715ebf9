/**
 * The installation's lock of stage images: what this installation built, pulled or loaded, in
 * `<data folder>/images.lock.json`. A build runs on these and on no others.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { LdfError } from '../errors.ts';
import { isMissingFile } from '../missing-file.ts';
import { Sha256 } from '../stages/contract.ts';
import { imageNames } from '../stages/names.ts';
import { writeAtomically } from '../write-atomically.ts';

/** An image id of the container engine. */
const ImageId = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const LockedImage = z.strictObject({
  id: ImageId,
  identity: Sha256,
  /** The hash of the sources it was made of; null for one that came without the label. */
  sources: Sha256.nullable(),
  origin: z.enum(['built', 'pulled', 'loaded']),
  /** When it was built here, or came here. */
  builtAt: z.iso.datetime(),
});
export type LockedImage = z.infer<typeof LockedImage>;

/** Where the root of the base came from: `local` = the wanted image was in the engine already. */
export const RootOrigin = z.enum(['pulled', 'local', 'bootstrapped']);

const LockedBase = z.strictObject({
  id: ImageId,
  identity: Sha256,
  sources: Sha256,
  /** What was wanted: the reference in LDF_BASE_IMAGE; null for none. */
  wanted: z.string().nullable(),
  origin: RootOrigin,
  /** `repository@sha256:…` of the root, where a registry knows it: what later builds pull. */
  digest: z.string().nullable(),
  builtAt: z.iso.datetime(),
});
export type LockedBase = z.infer<typeof LockedBase>;

export const ImagesLock = z.strictObject({
  version: z.literal(1),
  base: LockedBase.nullable(),
  images: z.partialRecord(z.enum(imageNames), LockedImage),
});
export type ImagesLock = z.infer<typeof ImagesLock>;

/** The lock at `path`; an empty one where there is none. @throws LdfError `images.mismatch` when it cannot be read as one. */
export async function readImagesLock(path: string): Promise<ImagesLock> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return { version: 1, base: null, images: {} };
    throw error;
  }
  try {
    return ImagesLock.parse(JSON.parse(text));
  } catch (cause) {
    throw new LdfError(
      'images.mismatch',
      `The lock of the stage images is damaged: ${basename(path)} in the data folder.`,
      {
        hint: 'Remove that file and run `ldf images build`: what Docker still has is not built again.',
        cause,
      },
    );
  }
}

/** Replaces the lock in one step: who reads it sees the old one or the new one, also after a power cut. */
export async function writeImagesLock(path: string, lock: ImagesLock): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, `${JSON.stringify(ImagesLock.parse(lock), null, 2)}\n`);
}
